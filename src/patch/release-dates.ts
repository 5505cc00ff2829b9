/** Days on which releases that there are models of came out (kernel.org). */
const RELEASED: Readonly<Record<string, string>> = {
  '4.4': '2016-01-10',
  '4.12': '2017-07-02',
  '4.14': '2017-11-12',
  '4.15': '2018-01-28',
  '5.0': '2019-03-03',
  '5.10': '2020-12-13',
  '5.15': '2021-10-31',
  '6.1': '2022-12-11',
  '6.6': '2023-10-29',
  '6.12': '2024-11-17',
};

/** How far a release is from a day (`YYYY-MM-DD`), in days of months of 31; Infinity for one that is not known. */
export function daysFrom(release: string | undefined, day: string): number {
  const released = release === undefined ? undefined : RELEASED[release];
  return released === undefined ? Infinity : Math.abs(number(released) - number(day));
}

function number(day: string): number {
  const [year, month, date] = day.split('-').map(Number);
  return (year * 12 + month) * 31 + date;
}
