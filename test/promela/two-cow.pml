/*
 * Two CPUs write to pages that two mms share, a device reads them: the steps of Linux v4.14 as the models have them, written
 * anew from the C and from `shootdown show`, to be searched by SPIN. One d_step is one step of ours; what a step does without
 * being seen joins it. Each label names the step that the process stands before.
 *
 *   mm/memory.c           handle_mm_fault, do_wp_page, wp_page_copy, do_anonymous_page
 *   arch/x86/mm/fault.c   __do_page_fault
 *   drivers/iommu/intel-svm.c  prq_event_thread
 *
 * Compile-time choices:
 *   WORLD  1: both CPUs write page 0, the device reads it twice
 *          2: the CPUs write pages 0 and 1, the device reads 1, then 0
 *          3: corpus/rule-b.json: one more write of page 1 by CPU 1, the device reads 0, 1, 0
 *   NOTIFY 1: wp_page_copy invalidates the secondary TLBs under the lock, 0: it does so at range_end alone
 *   STALE  defined: a load of the device that misses what the page table shows is an assertion that fails
 *
 * Not here, because nothing in these worlds reaches it or it does not change: other tables than one of PTEs, the other mm,
 * swap, huge pages, the zero page, writers of mmap_sem, locks that nobody contends, allocations that fail.
 */
#define OLD 8    /* frames 8 and 9 hold pages 0 and 1, read-only and shared */
#define NEW 10   /* frames from 10 on are free; what they are mapped by is writable and dirty */
#define FRAMES 13
#define NONE 0
#define ACTIVE 1
#define COUNTED 2

#if WORLD == 1
#define WRITES(id) 1
#define ADDR(id, i) 0
#define READS 2
#define READ(i) 0
#elif WORLD == 2
#define WRITES(id) 1
#define ADDR(id, i) (id)
#define READS 2
#define READ(i) (1 - (i))
#else
#define WRITES(id) (1 + (id))
#define ADDR(id, i) (i)
#define READS 3
#define READ(i) ((i) & 1)
#endif

byte pte[2] = { 8, 9 };       /* the entry's frame, 0 none */
byte ptl;                     /* holder + 1 */
byte mmap_sem;                /* a bit a reader */
byte ref[FRAMES] = { 0, 0, 0, 0, 0, 0, 0, 0, 2, 2, 0, 0, 0 };
byte mapcount[FRAMES] = { 0, 0, 0, 0, 0, 0, 0, 0, 2, 2, 0, 0, 0 };
byte page_lock[FRAMES];
byte contents[FRAMES] = { 0, 0, 0, 0, 0, 0, 0, 0, 20, 21, 0, 0, 0 };
byte tlb[4];                  /* of CPU id and page p: 2 * id + p */
byte device_tlb[2];
byte device_flags;

#define TAG(id, i) (2 + (id) + (i))

inline spin_lock(me) { ptl == 0 -> ptl = me + 1 }
inline down_read(me) { mmap_sem = mmap_sem | (1 << me) }
inline up_read(me) { mmap_sem = mmap_sem & ~(1 << me) }

/* The first free frame. */
inline alloc_page(page) {
  page = NEW;
  do
  :: ref[page] != 0 -> page++
  :: else -> break
  od;
  ref[page] = 1
}

inline put_page(page) {
  ref[page]--;
  if
  :: ref[page] == 0 -> contents[page] = 0
  :: else
  fi
}

/* The device reads, and is idle after it. */
inline look(addr) {
#ifdef STALE
  assert(pte[addr] == NONE || contents[device_tlb[addr]] == contents[pte[addr]]);
#endif
  device_flags = device_flags & ~ACTIVE
}

active [2] proctype cpu() {
  byte op, orig, new, old, copied;

store:
  if
  :: d_step { tlb[2 * _pid + ADDR(_pid, op)] >= NEW && op + 1 < WRITES(_pid) ->
      contents[tlb[2 * _pid + ADDR(_pid, op)]] = TAG(_pid, op); op++ }; goto store
  :: d_step { tlb[2 * _pid + ADDR(_pid, op)] >= NEW && op + 1 == WRITES(_pid) ->
      contents[tlb[2 * _pid + ADDR(_pid, op)]] = TAG(_pid, op); op++ }; goto end_done
  :: d_step { tlb[2 * _pid + ADDR(_pid, op)] < NEW -> skip }; goto walk
  fi;

walk:
  if
  :: d_step { pte[ADDR(_pid, op)] >= NEW -> tlb[2 * _pid + ADDR(_pid, op)] = pte[ADDR(_pid, op)] }; goto store
  :: d_step { pte[ADDR(_pid, op)] < NEW -> skip }; goto fault
  fi;

fault:
  if :: d_step { down_read(_pid) } fi;
  /* pmd_offset */
  d_step { skip };
  /* pte_offset_map: the entry is read without the lock */
  if
  :: d_step { pte[ADDR(_pid, op)] != NONE -> orig = pte[ADDR(_pid, op)] }; goto entry
  :: d_step { pte[ADDR(_pid, op)] == NONE -> skip }; goto do_anonymous_page
  fi;

do_anonymous_page:
  /* pte_alloc */
  if :: d_step { skip } fi;
  /* alloc_page_vma, clear_user_highpage */
  d_step { alloc_page(new) };
  /* pte_offset_map_lock */
  d_step { spin_lock(_pid) };
  /* ptep_get: somebody was faster */
  d_step { assert(pte[ADDR(_pid, op)] != NONE) };
  /* put_page */
  d_step { put_page(new) };
  /* pte_unmap_unlock */
  d_step { ptl = 0; new = 0 };
  goto out;

entry:
  if :: d_step { spin_lock(_pid) } fi;
  /* pte_same */
  if
  :: d_step { pte[ADDR(_pid, op)] == orig && orig < NEW -> old = orig }; goto do_wp_page
  :: d_step { pte[ADDR(_pid, op)] == orig && orig >= NEW -> skip }; goto ptep_set_access_flags
  :: d_step { pte[ADDR(_pid, op)] != orig -> skip }; goto unlock
  fi;

ptep_set_access_flags:
  if :: d_step { skip } fi;

unlock:
  if :: d_step { ptl = 0; orig = 0 } fi;
  goto out;

do_wp_page:
  /* PageKsm */
  if :: d_step { skip } fi;
  /* trylock_page */
  d_step { page_lock[old] == 0 -> page_lock[old] = _pid + 1 };
  /* reuse_swap_page: the other mm maps it, too */
  d_step { assert(mapcount[old] > 1) };
  /* unlock_page */
  d_step { page_lock[old] = 0 };
  /* get_page */
  d_step { ref[old]++ };
  /* pte_unmap_unlock */
  d_step { ptl = 0 };

  /* wp_page_copy: alloc_page_vma */
  d_step { alloc_page(new) };
  /* copy_user_highpage */
  d_step { contents[new] = contents[old] };
  /* mmu_notifier_invalidate_range_start */
  d_step { skip };
  /* pte_offset_map_lock */
  d_step { spin_lock(_pid) };
  /* pte_same */
  if
  :: d_step { pte[ADDR(_pid, op)] == orig -> skip }; goto copy
  :: d_step { pte[ADDR(_pid, op)] != orig -> skip }; goto copied_by_another
  fi;

copy:
  /* ptep_clear_flush_notify: ptep_get_and_clear, flush_tlb_range, mmu_notifier_invalidate_range */
  if :: d_step { pte[ADDR(_pid, op)] = NONE; copied = 1 } fi;
  d_step { tlb[ADDR(_pid, op)] = 0; tlb[2 + ADDR(_pid, op)] = 0 };
#if NOTIFY
  d_step { device_tlb[ADDR(_pid, op)] = 0 };
#else
  d_step { skip };
#endif
  /* page_add_new_anon_rmap */
  d_step { mapcount[new] = 1 };
  /* set_pte_at_notify */
  d_step { pte[ADDR(_pid, op)] = new };
  /* page_remove_rmap */
  d_step { mapcount[old]-- };
  /* put_page: the mapping's reference */
  d_step { put_page(old) };
  goto copied_unlock;

copied_by_another:
  if :: d_step { put_page(new) } fi;

copied_unlock:
  if :: d_step { ptl = 0 } fi;
  /* mmu_notifier_invalidate_range_end: the secondary TLBs, then the subscribers */
  d_step { device_tlb[ADDR(_pid, op)] = 0 };
  d_step { skip };
  /* put_page */
  d_step { put_page(old); orig = 0; old = 0; new = 0; copied = 0 };

out:
  if :: d_step { up_read(_pid) } fi;
  goto store;

end_done:
  false
}

active proctype dev() {
  byte op, orig;

load:
  if
  :: d_step { device_tlb[READ(op)] != NONE && op + 1 < READS -> look(READ(op)); op++ }; goto load
  :: d_step { device_tlb[READ(op)] != NONE && op + 1 == READS -> look(READ(op)); op++ }; goto end_done
  :: d_step { device_tlb[READ(op)] == NONE -> skip }; goto ats_translate
  fi;

ats_translate:
  if
  :: d_step { pte[READ(op)] != NONE ->
      device_flags = device_flags | ACTIVE; device_tlb[READ(op)] = pte[READ(op)] }; goto load
  :: d_step { pte[READ(op)] == NONE -> device_flags = device_flags | ACTIVE | COUNTED }; goto fault
  fi;

fault:
  if :: d_step { down_read(_pid) } fi;
  /* pmd_offset */
  d_step { skip };
  /* pte_offset_map */
  if
  :: d_step { pte[READ(op)] != NONE -> orig = pte[READ(op)] }; goto entry
  :: d_step { pte[READ(op)] == NONE -> skip }; goto do_anonymous_page
  fi;

do_anonymous_page:
  /* pte_alloc */
  if :: d_step { skip } fi;
  /* pte_offset_map_lock */
  d_step { spin_lock(_pid) };
  /* ptep_get */
  d_step { assert(pte[READ(op)] != NONE) };
  /* pte_unmap_unlock */
  d_step { ptl = 0 };
  goto out;

entry:
  if :: d_step { spin_lock(_pid) } fi;
  /* pte_same: nothing is left to do for a read */
  d_step { assert(pte[READ(op)] == orig) };
  /* pte_unmap_unlock */
  d_step { ptl = 0; orig = 0 };

out:
  if :: d_step { up_read(_pid) } fi;
  goto load;

end_done:
  false
}
