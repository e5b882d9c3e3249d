/** Letters of other scripts that look like ASCII ones. */
const lookalikes: Readonly<Record<string, string>> = Object.fromEntries(
  [..."аaеeоoрpсcуyхxіiѕsјjԁdһhӏlԛqԝwАAВBЕEКKМMНHОOРPСCТTХXІIЅSЈJοoνvαaιiρpκkΑAΒBΕEΖZΗHΙIΚKΜMΝNΟOΡPΤTΥYΧX"].flatMap(
    (character, at, all) => (at % 2 === 0 ? [[character, all[at + 1] as string] as const] : []),
  ),
);

/** Full-width forms, mathematical, enclosed and letter-like letters: each is one plain character in its compatible form. */
const styled = /[\u{1d400}-\u{1d7ff}\uff01-\uff5e\u2460-\u24ff\u2100-\u214f]/gu;
const similar = /[\u0370-\u03ff\u0400-\u052f]/gu;
const invisible = /(?!\n)\p{Default_Ignorable_Code_Point}/gu;

/** A text as it reads: without invisible characters, and with plain letters for those that only look like them. Lines stay the same. */
export function plainForm(text: string): string {
  if (!/[\u0080-\uffff]/.test(text)) return text;
  return text
    .replaceAll(invisible, "")
    .replaceAll(styled, (character) => character.normalize("NFKC"))
    .replaceAll(similar, (character) => lookalikes[character] ?? character);
}
