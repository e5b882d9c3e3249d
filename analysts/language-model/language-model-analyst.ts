import { hashJson } from "../../state/json.ts";
import type { Analyst } from "../analyst.ts";
import { createModelAnalyzer, type AnalyzerOptions } from "./analyzer.ts";
import { createModelCurator, type CuratorOptions } from "./curation/curator.ts";
import { createModelDiagnostician, type DiagnosticianOptions } from "./diagnostician.ts";
import { createModelFileEditor, type FileEditorOptions } from "./file-editor.ts";
import { createModelPatchWorker, type PatchWorkerOptions } from "./patch-worker.ts";
import { createModelProposer, type ProposerOptions } from "./proposer.ts";
import { createModelReducer } from "./reducer.ts";
import { createModelReflector, type ReflectorOptions } from "./reflector.ts";

/** Options of all parts; each part is also made by a factory of its own. */
export type LanguageModelAnalystOptions = AnalyzerOptions &
  DiagnosticianOptions &
  ProposerOptions &
  FileEditorOptions &
  PatchWorkerOptions &
  CuratorOptions &
  Omit<ReflectorOptions, "cases">;

/**
 * An analyst that asks a language model: what is wrong with failed rollouts, which places of the skill are to blame, and
 * which edits would help. What can be counted is counted; the model's replies are held to schemas, sizes and anchors.
 */
export function createLanguageModelAnalyst(options: LanguageModelAnalystOptions): Analyst {
  const analyzer = createModelAnalyzer(options);
  const diagnostician = createModelDiagnostician(options);
  const proposer = createModelProposer(options);
  const editor = createModelFileEditor(options);
  const patches = createModelPatchWorker(options);
  const reflector = createModelReflector({ ...options, cases: undefined });
  const reducer = createModelReducer(options);
  const curator = createModelCurator(options);
  const parts = [analyzer, diagnostician, proposer, editor, patches, reflector, reducer, curator].map(
    ({ fingerprint }) => fingerprint,
  );
  return {
    fingerprint: `language-model@1:${options.model.fingerprint}:${hashJson(parts).slice(0, 8)}`,
    analyze: (...batch) => analyzer.analyze(...batch),
    diagnose: (...study) => diagnostician.diagnose(...study),
    propose: (...request) => proposer.propose(...request),
    editFiles: (...request) => editor.editFiles(...request),
    merge: (...work) => patches.merge(...work),
    rank: (...work) => patches.rank(...work),
    choose: (...work) => patches.choose(...work),
    distill: (...work) => patches.distill(...work),
    rewrite: (...work) => patches.rewrite(...work),
    route: (...questions) => reducer.route(...questions),
    classify: (...items) => reducer.classify(...items),
    curate: (...request) => curator.curate(...request),
    judgeContent: (...texts) => curator.judgeContent(...texts),
    reflect: (...epoch) => reflector.reflect(...epoch),
  };
}
