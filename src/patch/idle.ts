import { assignmentOf, isNothing } from './assignments.js';
import type { Token } from './c-tokens.js';
import { definedName, type Unit } from './c-units.js';
import type { Change } from './changes.js';

/**
 * Calls that touch nothing that the machine has: caches of the CPU (x86 has none to flush), the lazy mode of
 * paravirtualised MMUs, counters, control groups, assertions and messages, LRU lists and the accessed bit. A release may
 * have more of them; one that is not here is said to be no part of the model, and nothing is guessed of it.
 */
const INERT: readonly RegExp[] = [
  /^arch_(enter|leave)_lazy_mmu_mode$/,
  /^(flush_cache_(page|range|mm|pages|vmap|vunmap)|flush_dcache_(page|folio)|flush_anon_page|flush_icache_pages?)$/,
  /^update_mmu_(cache|cache_pmd|cache_range|tlb|tlb_range)$/,
  /^tlb_(remove_check_page_size_change|change_page_size)$/,
  /^(add|inc|dec)_mm_counter(_fast)?$|^add_mm_rss_vec$|^mm_(inc|dec)_nr_p[tmu][ed]s$|^hugetlb_count_(add|sub)$/,
  /^(__)?count_(vm|memcg|mthp)_\w+$|^(__)?(mod|inc|dec)_(lruvec|node|zone|memcg)_\w*$/,
  /^(mem_cgroup|hugetlb_cgroup|memcg|delayacct|psi)_\w+$/,
  /^(VM_)?(BUG_ON|WARN_ON|WARN|WARN_ONCE)(_ONCE)?(_PAGE|_FOLIO|_VMA|_MM|_PGFLAGS)*$/,
  /^VM_(WARN|BUG)_ON_ONCE_\w+$|^(might_sleep|might_lock\w*|cond_resched|lockdep_\w+|mmap_assert_\w+|i_mmap_assert_\w+)$/,
  /^(page_table_check_\w+|print_bad_pte|pr_\w+|printk|trace_\w+|kasan_\w+|kmsan_\w+|arch_check_zapped_\w+)$/,
  /^((mark_page|folio_mark)_accessed|lru_(add_drain|cache_add\w*)|folio_add_lru\w*|mlock_\w*drain\w*|ksm_might_\w+)$/,
];

/** Declarations, prototypes, includes, calls that touch nothing here: nothing that runs in the model. */
export function isHarmless(unit: Unit): boolean {
  if (unit.kind === 'directive') return unit.text.startsWith('#include');
  if (unit.kind !== 'statement') return false;
  if (isInert(unit)) return true;
  if (unit.calls.length > 0) return false;
  const set = assignmentOf(unit);
  if (set?.declares === true && isNothing(set.value)) return true;
  const { tokens } = unit;
  if (!beginsDeclaration(tokens)) return false;
  if (tokens.some((t) => /^([-+*/|&^%]?=|\+\+|--|->|\.)$/.test(t.text))) return false;
  const brackets = tokens.findIndex((t) => t.text === '(');
  // `a * b;` is no statement that anybody writes: it declares b
  return brackets < 0 || definedName(tokens) !== undefined;
}

/** A statement that is one call, and that of something that the machine has nothing of. */
export function isInert({ kind, text, calls }: Unit): boolean {
  const [call] = calls;
  if (kind !== 'statement' || call === undefined || !text.startsWith(`${call.name} ( `)) return false;
  if (calls.some((c) => c !== call && !c.nested) || !text.endsWith(')')) return false;
  return INERT.some((r) => r.test(call.name));
}

function beginsDeclaration([first, second]: readonly Token[]): boolean {
  return first.kind === 'word' && second !== undefined && (second.kind === 'word' || second.text === '*');
}

/**
 * The changes of one function, those marked `idle` that do nothing by themselves: a variable that the patch brings or
 * takes away and what only sets it, since whatever uses it changes too; and a condition around nothing but such.
 */
export function marked(lists: readonly (readonly Change[])[]): readonly (readonly Change[])[] {
  const all = lists.flat();
  const declared = (sign: Change['sign']): ReadonlySet<string> =>
    new Set(all.flatMap((c) => (c.sign === sign ? (declaredName(c.unit) ?? []) : [])));
  const [gone, fresh] = [declared('-'), declared('+')];
  const only = { '-': without(gone, fresh), '+': without(fresh, gone), ' ': new Set<string>() };
  const sets = (c: Change): boolean => {
    const name = declaredName(c.unit) ?? assignedName(c.unit);
    return name !== undefined && only[c.sign].has(name) && c.unit.calls.every((k) => isNaming(k.name));
  };
  const done = lists.map((list) => list.map((c): Change => (sets(c) ? { ...c, idle: true } : c)));
  return done.map((list) => list.map((c): Change => (isIdleTest(c, list) ? { ...c, idle: true } : c)));
}

/** The change does nothing in the model. */
export function isIdle(change: Change): boolean {
  return change.idle === true || isHarmless(change.unit);
}

/** A condition that comes or goes around nothing but what does nothing, and asks nothing that could change anything. */
function isIdleTest(test: Change, list: readonly Change[]): boolean {
  if (test.sign === ' ' || test.unit.kind !== 'test') return false;
  const own = `${test.unit.around} > ${test.unit.text} > `;
  const other = test.sign === '-' ? '+' : '-';
  const inner = list.filter((c) => c.sign !== other && `${c.unit.around} > `.startsWith(own));
  return inner.length > 0 && inner.every((c) => isIdle(c));
}

function without(a: ReadonlySet<string>, b: ReadonlySet<string>): ReadonlySet<string> {
  return new Set([...a].filter((x) => !b.has(x)));
}

/** `name` in `struct page *name = …` and `bool name`. */
function declaredName({ kind, tokens }: Unit): string | undefined {
  if (kind !== 'statement' || tokens.length < 2 || !beginsDeclaration(tokens)) return undefined;
  const end = tokens.findIndex((t) => t.text === '=');
  const head = end < 0 ? tokens : tokens.slice(0, end);
  if (head.some((t) => t.kind !== 'word' && t.text !== '*')) return undefined;
  return head[head.length - 1].kind === 'word' ? head[head.length - 1].text : undefined;
}

/** `name` in `name = …`. */
function assignedName({ kind, tokens }: Unit): string | undefined {
  return kind === 'statement' && tokens[0]?.kind === 'word' && tokens[1]?.text === '='
    ? tokens[0].text
    : undefined;
}

/** Functions that give a thing another name, and look at nothing that changes. */
function isNaming(name: string): boolean {
  return /^(page_folio|folio_page|page_to_pfn|pfn_to_page|pte_pfn|pte_page|pmd_page|\w+_addr_end|\w+_offset|hstate_\w+|huge_page_\w+|page_ptdesc|swp_\w+|pte_to_swp_entry)$/.test(
    name,
  );
}
