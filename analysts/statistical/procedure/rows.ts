/** Numbers rows of whole numbers, from 0 on: equal rows have one number. */
export interface Rows {
  numberOf(row: readonly number[]): number;
  readonly size: number;
}

export function createRows(): Rows {
  const rows: (readonly number[])[] = [];
  const newest = new Map<number, number>();
  /** For each row the one before it with the same hash; -1 where it is the first. */
  const older: number[] = [];
  return {
    numberOf(row) {
      const hash = hashOf(row);
      const start = newest.get(hash) ?? -1;
      for (let at = start; at !== -1; at = older[at] as number)
        if (isSame(rows[at] as readonly number[], row)) return at;
      newest.set(hash, rows.length);
      older.push(start);
      return rows.push(row) - 1;
    },
    get size() {
      return rows.length;
    },
  };
}

function hashOf(row: readonly number[]): number {
  let hash = row.length;
  for (let place = 0; place < row.length; place += 1) hash = Math.imul(hash ^ (row[place] as number), 0x01000193);
  return hash;
}

function isSame(left: readonly number[], right: readonly number[]): boolean {
  if (left.length !== right.length) return false;
  for (let place = 0; place < left.length; place += 1) if (left[place] !== right[place]) return false;
  return true;
}
