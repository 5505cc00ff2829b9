/** What stands for a character. A parser makes blanks of the line ends of an attribute, and one of CR and LF. */
const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};

/** Text for an element of XML 1.0; a character that XML cannot hold (2.2, Char) becomes U+FFFD. */
export function escapeXml(text: string): string {
  return held(text).replace(/[&<>\r]/g, (c) => ENTITIES[c]);
}

const held = (text: string): string =>
  text.replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd');

const quoted = (text: string): string => `"${held(text).replace(/[&<>"'\t\n\r]/g, (c) => ENTITIES[c])}"`;

/** `<name a="1">inner</name>`; `inner` is XML already. */
export function element(
  name: string,
  attributes: Readonly<Record<string, string | number>>,
  inner: readonly string[] = [],
): string {
  const list = Object.entries(attributes).map(([key, value]) => ` ${key}=${quoted(String(value))}`);
  if (inner.length === 0) return `<${name}${list.join('')}/>`;
  return `<${name}${list.join('')}>${inner.join('')}</${name}>`;
}
