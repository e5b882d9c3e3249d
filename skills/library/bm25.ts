/** How well documents fit a text. */
export interface Ranking {
  /** By the place of the document, for the words of a text, of which each occurrence counts; 0 for a document that has none of them. */
  scores(words: readonly string[]): Float64Array;
}

/**
 * How fast a repeated word stops counting, and how much the length of a document counts: defaults of Lucene, in the range that Robertson and
 * Zaragoza recommend (1.2 < k1 < 2, .5 < b < .8) [S].
 */
const standard = { k1: 1.2, b: 0.75 };

/**
 * An index of documents by Okapi BM25: Robertson and Zaragoza, "The Probabilistic Relevance Framework" (2009), with Lucene's inverse document
 * frequency ln(1 + (N - n + .5) / (n + .5)) [S], which is above 0 for a word that most documents have. The weight of a word with frequency f in
 * a document of length l is idf x f (k1 + 1) / (f + k1 (1 - b + b l / mean l)). Sums are in the order of the words.
 */
export function createRanking(documents: ReadonlyArray<readonly string[]>, { k1, b } = standard): Ranking {
  const counts = documents.map(countsOf);
  const mean = documents.reduce((sum, { length }) => sum + length, 0) / Math.max(1, documents.length);
  const holders = new Map<string, number>();
  for (const own of counts) for (const word of own.keys()) holders.set(word, (holders.get(word) ?? 0) + 1);
  const postings = new Map<string, { places: number[]; weights: number[] }>();
  for (const [document, own] of counts.entries()) {
    const length = (documents[document] as readonly string[]).length;
    const damping = k1 * (1 - b + (b * length) / mean);
    for (const [word, frequency] of own) {
      const among = holders.get(word) as number;
      const rarity = Math.log(1 + (documents.length - among + 0.5) / (among + 0.5));
      const weight = (rarity * frequency * (k1 + 1)) / (frequency + damping);
      const list = postings.get(word) ?? { places: [], weights: [] };
      postings.set(word, list);
      list.places.push(document);
      list.weights.push(weight);
    }
  }
  return {
    scores(words) {
      const scores = new Float64Array(documents.length);
      for (const [word, times] of countsOf(words)) {
        const { places = [], weights = [] } = postings.get(word) ?? {};
        for (let at = 0; at < places.length; at += 1)
          scores[places[at] as number] = (scores[places[at] as number] as number) + times * (weights[at] as number);
      }
      return scores;
    },
  };
}

function countsOf(words: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}
