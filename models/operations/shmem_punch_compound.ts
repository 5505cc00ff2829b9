import { call, go_to, label, not, number, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { compound_head } from '../../src/kernel/page.js';
import { let_ } from '../../src/kernel/range.js';
import { thp_partly_gone } from '../../src/kernel/shmem.js';
import { split_huge_page_to_list } from './split_huge_page_to_list.js';

const ONE = number(1);

/**
 * Whether the locked page can go with [index, index + count): `whole` is 0 if it is a part of a huge page of which only a part goes, and that
 * could not be split. mm/shmem.c, v5.7.
 */
export const shmem_punch_compound = operation({
  name: 'shmem_punch_compound',
  from: 'mm/shmem.c',
  version: 'v5.7',
  takes: ['page', 'index', 'count'],
  gives: ['whole'],
  locals: ['head'],
  steps: ({ page, index, count, whole, head }) => [
    let_(whole, ONE),
    when(not(thp_partly_gone(page, index, count)), [go_to('out')]),
    let_(head, compound_head(page)),
    call(split_huge_page_to_list, { page: head, keep: page, split: whole }), // split_huge_page
    label('out'),
  ],
});
