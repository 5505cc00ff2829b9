/** Commit ids of releases that there are models of: what `base-commit:` trailers name (git rev-parse vX.Y^{commit}). */
const RELEASES: Readonly<Record<string, string>> = {
  bebc6082da0a9f5d47a1ea2edc099bf671058bd4: '4.14',
  d8a5b80568a9cb66810e75b182018e9edb68e8ff: '4.15',
  '1c163f4c7b3f621efff9b28a47abb36f7378d783': '5.0',
};

/** The release of a commit, undefined if it is none that is known. */
export function releaseOf(commit: string): string | undefined {
  const found = Object.keys(RELEASES).find((id) => id.startsWith(commit));
  return found === undefined ? undefined : RELEASES[found];
}
