/** Commit ids of releases that there are models of: what `base-commit:` trailers name (git rev-parse vX.Y^{commit}). */
const RELEASES: Readonly<Record<string, string>> = {
  bebc6082da0a9f5d47a1ea2edc099bf671058bd4: '4.14',
  d8a5b80568a9cb66810e75b182018e9edb68e8ff: '4.15',
  '1c163f4c7b3f621efff9b28a47abb36f7378d783': '5.0',
  '2c85ebc57b3e1817b6ce1a6b703928e113a90442': '5.10',
  '8bb7eca972ad531c9b149c0a51ab43a417385813': '5.15',
  '830b3c68c1fb1e9176028d02ef86f3cf76aa2476': '6.1',
  ffc253263a1375a65fa6c9f62a893e9767fbebfa: '6.6',
  adc218676eef25575469234709c2d87185ca223a: '6.12',
};

/** The release of a commit, undefined if it is none that is known. */
export function releaseOf(commit: string): string | undefined {
  const found = Object.keys(RELEASES).find((id) => id.startsWith(commit));
  return found === undefined ? undefined : RELEASES[found];
}
