import { createDraw, permutation } from "../state/draw.ts";

/** Words of a world: what requests call for, what they are marked with, what is to be done, who sends them. */
const lists = {
  trigger:
    "amber birch clover dune ember fjord garnet heron iris juniper kelp larch maple nettle olive poppy quartz reed sorrel thyme umber violet willow yarrow",
  mark: "arrow badge circle dot eagle flag grid hook inkblot jigsaw kite ladder moon notch oval pin quill ring star tassel urn vine wedge zigzag",
  step: "align bind count dry enter fold glaze hang index join knead label mend note overlay press query rinse stamp trim unpack verify weigh zip",
  family: "archive bakery customs dispatch estate finance garden harbour",
};

/** As many different words of a kind as wanted, in the order this world has drawn; numbered where the list is too short. */
export function drawWords(seed: number, kind: keyof typeof lists, count: number): string[] {
  const words = lists[kind].split(" ");
  const order = permutation(words.length, createDraw(seed, 0, `${kind}-words`));
  return Array.from({ length: count }, (_, index) => {
    const word = words[order[index % words.length] as number] as string;
    return index < words.length ? word : `${word}-${Math.floor(index / words.length) + 1}`;
  });
}
