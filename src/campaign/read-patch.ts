import PostalMime from 'postal-mime';
import { BadInput } from '../base/errors.js';
import { LIMIT } from '../patch/diff-damage.js';
import { readSeries, type Letter } from '../patch/read-series.js';
import type { PatchSeries } from '../patch/series.js';

/**
 * Reads a diff, a mail or an mbox from its bytes; `what` names the input in errors. Transfer encodings and charsets of
 * mails are decoded; what is no mail must be UTF-8. Throws {@link BadInput}.
 */
export async function readPatch(bytes: Uint8Array, what: string): Promise<PatchSeries> {
  if (bytes.length > LIMIT)
    throw new BadInput(`${what} has ${bytes.length} bytes; at most ${LIMIT} are read.`);
  const nul = bytes.indexOf(0);
  if (nul >= 0)
    throw new BadInput(
      `${what} is binary or UTF-16 (a zero byte at ${nul}); expected a mail or a diff as text.`,
    );
  const letters: Letter[] = [];
  for (const part of messagesIn(bytes)) letters.push(isMail(part) ? await letterOf(part) : plain(part, what));
  return readSeries(letters, what);
}

/** An mbox has a line `From …` before each message; anything else is one message. */
function messagesIn(bytes: Uint8Array): readonly Uint8Array[] {
  const latin = Buffer.from(bytes).toString('latin1');
  if (!/^From \S+/.test(latin)) return [bytes];
  const starts = [...latin.matchAll(/(?:^|\n\r?\n)From \S+ .*\d{4}.*\r?\n/g)].map(
    (m) => m.index + m[0].length,
  );
  return starts.map((start, i) => {
    const end = starts[i + 1] === undefined ? latin.length : latin.lastIndexOf('\nFrom ', starts[i + 1]);
    return Buffer.from(latin.slice(start, end).replace(/^>(>*From )/gm, '$1'), 'latin1');
  });
}

function headOf(bytes: Uint8Array): string {
  const begin = Buffer.from(bytes.subarray(0, 20_000)).toString('latin1');
  return begin.split(/\r?\n\r?\n/)[0];
}

function isMail(bytes: Uint8Array): boolean {
  const head = headOf(bytes);
  return /^[A-Za-z-]+:/.test(head) && /^(from|subject|content-type|message-id|date):/im.test(head);
}

async function letterOf(bytes: Uint8Array): Promise<Letter> {
  const mail = await PostalMime.parse(bytes);
  const attached = mail.attachments
    .filter((a) => /^text\//.test(a.mimeType) || /\.(patch|diff)$/.test(a.filename ?? ''))
    .map((a) =>
      typeof a.content === 'string' ? a.content : Buffer.from(a.content as Uint8Array).toString('utf8'),
    );
  const day = /^\d{4}-\d\d-\d\d/.exec(mail.date ?? '')?.[0];
  return {
    subject: mail.subject ?? '',
    ...(day === undefined ? {} : { date: day }),
    body: [attached.length === 0 ? asCut(mail.text ?? '', bytes) : (mail.text ?? ''), ...attached].join('\n'),
  };
}

/** The decoder ends every text with a line break; one that the mail does not have is taken away again. */
function asCut(text: string, bytes: Uint8Array): string {
  const ends = bytes.at(-1) === 10 || /^content-transfer-encoding:\s*base64/im.test(headOf(bytes));
  return ends ? text : text.replace(/\n$/, '');
}

function plain(bytes: Uint8Array, what: string): Letter {
  try {
    return { subject: '', body: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    throw new BadInput(`${what} is not UTF-8; expected a mail, or a diff in UTF-8 (iconv converts it).`);
  }
}
