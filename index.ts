export { parseSettings } from "./state/settings.ts";
