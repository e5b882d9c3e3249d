import type * as ObservablePlot from "@observablehq/plot";
import type { PlotOptions } from "@observablehq/plot";
import { showUnseen } from "../../skills/unseen.ts";
import { markup, trusted, type Markup } from "./markup.ts";

/** Draws with Observable Plot, which is loaded for this alone. */
export interface Artist {
  plot: typeof ObservablePlot;
  /** A picture in a frame that scrolls where it is too wide. `alt` says what it shows to those who do not see it. */
  draw(options: PlotOptions & { width: number }, alt: string): Markup;
}

export async function createArtist(): Promise<Artist> {
  const plot = await import("@observablehq/plot");
  const { parseHTML } = await import("linkedom");
  const { document } = parseHTML("<!doctype html><html></html>");
  return {
    plot,
    draw(options, alt) {
      const picture = plot.plot({ ...options, document, className: "plot", style: { fontSize: "12px" } });
      picture.setAttribute("role", "img");
      picture.setAttribute("aria-label", showUnseen(alt));
      // The page styles all pictures at once.
      picture.querySelector("style")?.remove();
      return markup`<div class="scroll" role="region" tabindex="0" aria-label="Picture: ${alt}">
        ${trusted(picture.outerHTML)}
      </div>`;
    },
  };
}

/** Generations from 0 to the last one, whole ones alone. */
export function generationAxis(last: number) {
  return {
    domain: [0, last],
    label: "generation",
    labelAnchor: "center" as const,
    ticks: Math.min(last, 12),
    tickFormat: (tick: number) => (Number.isInteger(tick) ? String(tick) : ""),
    labelArrow: "none" as const,
  };
}

/** A table beside a picture, folded. */
export function folded(summary: string, content: Markup): Markup {
  return markup`<details>
    <summary>${summary}</summary>
    ${content}
  </details>`;
}

interface TableOptions {
  caption: string;
  columns: readonly string[];
  /** Of each row the first cell is its heading. */
  rows: ReadonlyArray<ReadonlyArray<Markup | string | number>>;
  /** Columns of figures, by their place. */
  figures?: readonly number[];
  /** The column that has sentences in it. */
  sentences?: number;
}

export function table({ caption, columns, rows, figures = [], sentences }: TableOptions): Markup {
  const kind = (place: number) =>
    figures.includes(place) ? markup` class="figure"` : place === sentences ? markup` class="wide"` : "";
  const head = columns.map((column, place) => markup`<th scope="col" ${kind(place)}>${column}</th>`);
  const body = rows.map((row) => {
    const [first = "", ...rest] = row;
    const cells = rest.map((cell, place) => markup`<td${kind(place + 1)}>${cell}</td>`);
    return markup`<tr>
      <th scope="row" ${kind(0)}>${first}</th>
      ${cells}
    </tr> `;
  });
  return markup`<div class="scroll" role="region" tabindex="0" aria-label="Table: ${caption}">
    <table>
      <caption>
        ${caption}
      </caption>
      <thead>
        <tr>
          ${head}
        </tr>
      </thead>
      <tbody>
        ${body}
      </tbody>
    </table>
  </div>`;
}
