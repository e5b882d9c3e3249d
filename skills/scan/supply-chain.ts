import type { PatternRule } from "./finding.ts";

const category = "supply-chain";

/** SC1 to SC3 of SkillScan: names and severities from arXiv 2601.10338 [S], expressions ours [R]. Encoded text is read by `encoded.ts`. */
export const supplyChainRules: readonly PatternRule[] = [
  {
    rule: "unpinned-dependency",
    pattern: "SC1",
    category,
    severity: "low",
    message: "Installs a package without a fixed version. Name the version.",
    expressions: [
      /\b(?:pip3?|uv\s{1,3}pip|pipx|uv\s{1,3}tool|conda|mamba)\s{1,3}install\s{1,3}(?:-{1,2}[\w-]{1,30}\s{1,3}){0,3}(?![-.])(?![^\s"'`]{1,80}==)["']?[\w.[\]-]{1,60}/g,
      /\b(?:npm\s{1,3}(?:i|install|exec)|pnpm\s{1,3}(?:add|dlx)|yarn\s{1,3}(?:global\s{1,3})?add|bun\s{1,3}add|bunx|npx|uvx)\s{1,3}(?:-{1,2}[\w-]{1,20}\s{1,3}){0,3}(?![-.])(?!@?[\w./-]{1,80}@\d)@?[a-z][\w./-]{0,80}/g,
      /\b(?:cargo|gem)\s{1,3}install\s{1,3}(?![^\n]{0,60}(?:--version|-v|--path))[a-z][\w-]{0,60}|\bgo\s{1,3}install\s{1,3}[\w./-]{1,100}@(?:latest|main|master)\b/g,
    ],
  },
  {
    rule: "external-script",
    pattern: "SC2",
    category,
    severity: "high",
    message:
      "Runs code or follows instructions that are fetched when it is used. Put them into the skill, where they can be reviewed.",
    expressions: [
      /\b(?:curl|wget)\b[^\n]{0,200}?\|\s{0,3}(?:sudo\s{1,3})?(?:-\w\s{1,3})?(?:ba|z|da|k)?sh\b|\b(?:curl|wget)\b[^\n]{0,200}?\|\s{0,3}(?:sudo\s{1,3})?(?:python3?|node|perl|ruby|osascript)\b/g,
      /\b(?:bash|sh|zsh|source|eval|\.)\s{1,3}(?:-c\s{1,3})?["']?(?:<\(|\$\(|`)\s{0,3}(?:curl|wget)\b/g,
      /\b(?:curl|wget)\b[^\n]{0,200}?(?:&&|;)\s{0,3}(?:chmod\s{1,3}\+x|(?:ba|z)?sh\s|python3?\s|node\s|\.\/)/g,
      /\b(?:iex|Invoke-Expression)\b[^\n]{0,60}?\b(?:iwr|irm|Invoke-WebRequest|Invoke-RestMethod|DownloadString|Net\.WebClient)\b|\b(?:iwr|irm)\b[^\n]{0,160}?\|\s{0,3}iex\b/gi,
      /\b(?:exec|eval|compile)\(\s{0,3}(?:requests\.get|urllib|urlopen|httpx\.get|await\s{1,3}\(?await\s{1,3}fetch|fetch)\b/g,
      /\b(?:download|fetch|retrieve|pull)\s{1,3}(?:[a-z']{1,14}\s{1,3}){0,6}and\s{1,3}(?:then\s{1,3})?(?:run|execute|follow|source|eval)\b/gi,
      /\b(?:follow|execute|obey|apply)\s{1,3}(?:[a-z']{1,14}\s{1,3}){0,3}(?:instructions?|steps|commands?|rules?|script)\s{1,3}(?:[a-z']{1,14}\s{1,3}){0,3}(?:at|from|in)\s{1,3}[^\n]{0,20}?https?:\/\/[^\s"'`)<>/]{1,100}/gi,
    ],
  },
  {
    rule: "obfuscated-code",
    pattern: "SC3",
    category,
    severity: "high",
    message: "Runs code that is encoded, so that nobody can read it. Write it as plain text.",
    expressions: [
      /\b(?:eval|exec|Function|execSync|system|popen|compile)\(\s{0,3}(?:[\w.]{1,30}\(\s{0,3}){0,3}(?:atob|Buffer\.from|base64\.(?:b64|b32|b16|a85|urlsafe_b64)decode|b64decode|codecs\.decode|bytes\.fromhex|unhexlify|zlib\.decompress|marshal\.loads|String\.fromCharCode|unescape)\b/g,
      /\bbase64\s{1,3}(?:-d|-D|--decode)\b[^\n]{0,60}?\|\s{0,3}(?:sudo\s{1,3})?(?:(?:ba|z|da)?sh|python3?|node|perl)\b|\bxxd\s{1,3}-r\b[^\n]{0,40}?\|\s{0,3}(?:ba|z)?sh\b/g,
      /(?:\\x[0-9a-fA-F]{2}){8}|(?:\\u00[0-9a-fA-F]{2}){8}|\bfromCharCode\((?:\s{0,2}(?:0x)?[0-9a-fA-F]{1,4}\s{0,2},){7}|(?:chr\(\d{1,3}\)\s{0,2}[+.]\s{0,2}){5}/g,
      /\b(?:powershell|pwsh)\b[^\n]{0,60}?\s-(?:e|ec|enc|encodedcommand)\s{1,3}[A-Za-z0-9+/=]{16}/gi,
      /__import__\(\s{0,3}(?:["'][\w.]{0,10}["']\s{0,3}\+|chr\(|[\w.]{1,20}decode)|\bgetattr\(\s{0,3}(?:__builtins__|builtins|os)\s{0,3},\s{0,3}["'][^"'\n]{0,10}["']\s{0,3}\+|\bmarshal\.loads\(/g,
    ],
  },
  {
    rule: "script-file",
    pattern: null,
    category,
    severity: "low",
    message: "Names a script that the parent does not name. Check what it does.",
    onlyNew: true,
    expressions: [
      /(?<![\w./-])[\w./-]{1,80}\.(?:sh|bash|zsh|py|mjs|cjs|js|ts|ps1|bat|cmd|exe|rb|pl|php|jar|bin)\b(?![\w/(-])/gi,
    ],
  },
];
