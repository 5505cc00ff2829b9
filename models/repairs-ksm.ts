import { insert, type Edit } from '../src/program/model.js';
import { set_page_dirty } from '../src/kernel/page.js';
import { replace_page } from './operations/replace_page.js';

/** What v4.14 gets wrong with KSM. */

const NOT_LAZY =
  'a page that its only mapper gave to MADV_FREE is dirty again once another page is merged into it, so that reclaim keeps it. No kernel read does so';

const [, , kpage] = replace_page.takes;

export const ksmRepairs: readonly Edit[] = [
  insert(replace_page.name, 'after', { callee: 'page_add_anon_rmap' }, [set_page_dirty(kpage)], NOT_LAZY),
];
