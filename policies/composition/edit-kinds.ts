import { SKILL_FILE } from "../../skills/folder.ts";
import { isTextEdit, type Edit } from "../../state/program.ts";

/** The operators of edits whose analyst names none: what each does, once (ours [R]). */
export function editKinds(edits: readonly Edit[]): string[] {
  return [...new Set(edits.map(kindOf))];
}

function kindOf(edit: Edit): string {
  if (isTextEdit(edit)) {
    const { op, anchor, text } = edit;
    if (op === "delete" || (op === "replace" && text.trim() === "")) return "remove_text";
    if (op !== "replace") return "add_text";
    if (/^description:/m.test(anchor)) return "rewrite_description";
    return text.length < anchor.length ? "shorten_text" : "rewrite_text";
  }
  switch (edit.op) {
    case "create-file":
      return edit.file === SKILL_FILE ? "create_skill" : "add_file";
    case "delete-file":
      return "remove_file";
    case "delete-skill":
      return "remove_skill";
    case "rename-file":
    case "rename-skill":
      return "rename";
  }
}
