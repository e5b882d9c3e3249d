import { createLogUpdate } from "log-update";
import type { Run } from "../../../runs/cycle/run.ts";
import type { GenerationRecord } from "../../../state/evidence.ts";
import { outcomePaints, stderrColors as pc } from "../colors.ts";
import { takeLines } from "../lines.ts";
import { createTelling, type ProgressOptions, type View } from "../progress.ts";
import type { Piece } from "./chart.ts";
import { drawLive } from "./draw.ts";
import { afterEvent, liveFrom } from "./live-state.ts";
import { goToStart, shown } from "../door.ts";

/** Milliseconds between two frames. */
const frameEvery = 150;

const paints = { ...outcomePaints(pc), faint: pc.dim, strong: pc.bold };
const paint = ({ text, mark }: Piece) => (mark === undefined ? text : paints[mark](text));

/** A run in a terminal: a block on stderr that is drawn again in place. Lines that are told meanwhile stand above it. */
export function createLiveView(run: Run, options: ProgressOptions & { history: readonly GenerationRecord[] }): View {
  const { settings, history } = options;
  const update = createLogUpdate(process.stderr);
  const startedAt = performance.now();
  const tellOthers = createTelling(options);
  let state = liveFrom(history);
  let drawnAt = 0;

  const secondsNow = () => (performance.now() - startedAt) / 1000;
  function draw(): void {
    drawnAt = performance.now();
    const { usd, seconds: atWork } = run.spent();
    const { limits, name } = run;
    const columns = process.stderr.columns ?? 80;
    const spent = { usd, minutes: atWork / 60, seconds: secondsNow(), inFlight: run.inFlight() };
    update(shown(drawLive(state, { run: name, settings, limits, ...spent, columns }, paint)));
  }
  // A terminal shows Ctrl-C where the cursor is: what is drawn next goes over it.
  const giveBack = takeLines((line) => {
    goToStart();
    update.persist(shown(line));
    draw();
  });
  const timer = setInterval(draw, frameEvery);
  timer.unref();
  draw();

  return {
    tell(event) {
      state = afterEvent(state, event, secondsNow());
      tellOthers(event);
      if (performance.now() - drawnAt >= frameEvery) draw();
    },
    close() {
      clearInterval(timer);
      goToStart();
      draw();
      update.done();
      giveBack();
    },
  };
}
