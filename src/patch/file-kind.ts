/** What a changed file is, by its name: only C is looked into. */
export function kindOfFile(path: string): 'c' | 'documentation' | 'other' {
  if (/\.[chS]$/.test(path)) return 'c';
  if (/^(Documentation|LICENSES)\//.test(path) && !/\.(ya?ml|py|sh)$/.test(path)) return 'documentation';
  if (/\.(rst|txt|md)$/.test(path) || /(^|\/)(MAINTAINERS|CREDITS|README)$/.test(path))
    return 'documentation';
  return 'other';
}
