// Puts the prompts, which the compiler leaves behind, beside the compiled code that reads them.
import { cpSync } from "node:fs";
import { fileURLToPath } from "node:url";

const folder = "analysts/language-model/prompts";
const root = fileURLToPath(new URL("..", import.meta.url));

cpSync(`${root}/${folder}`, `${root}/dist/${folder}`, { recursive: true });
