import type { Linter } from 'eslint';

export const pure_files: string[];
export const ban_rules: Linter.RulesRecord;
