import { markup, trusted, type Markup } from "./markup.ts";
import { style } from "./style.ts";

/** A part of a page, with its heading. */
export type Section = [id: string, title: string, content: Markup];

interface Page {
  title: string;
  header: Markup;
  /** Before the first section. */
  before?: Markup;
  sections: readonly Section[];
  /** What the page shows, after "shows". */
  shows: string;
}

/**
 * One HTML page that needs nothing else: no script, no font, no network, which its policy also forbids. All texts are
 * escaped.
 */
export function pageOf({ title, header, before = markup``, sections, shows }: Page): string {
  const links = sections.map(([id, heading]) => markup`<li><a href="#${id}">${heading}</a></li>`);
  const bodies = sections.map(
    ([id, heading, content]) =>
      markup`<section id="${id}" aria-labelledby="${id}-title">
        <h2 id="${id}-title">${heading}</h2>
        ${content}
      </section> `,
  );
  return markup`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
        />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="referrer" content="no-referrer" />
        <link rel="icon" href="data:," />
        <title>${title}</title>
        <style>
          ${trusted(style)}
        </style>
      </head>
      <body>
        <header>
          ${header}
          <nav aria-label="Sections">
            <ul>
              ${links}
            </ul>
          </nav>
        </header>
        <main>${before}${bodies}</main>
        <footer>
          <p>
            Written by skillgraph. This page is self-contained: it loads nothing, and shows ${shows}.
          </p>
        </footer>
      </body>
    </html> `.text;
}
