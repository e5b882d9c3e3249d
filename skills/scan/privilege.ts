import type { PatternRule } from "./finding.ts";

const category = "privilege-escalation";

/** PE1 to PE3 of SkillScan: names and severities from arXiv 2601.10338 [S]; expressions and the rules without a number ours [R]. */
export const privilegeRules: readonly PatternRule[] = [
  {
    rule: "excessive-permissions",
    pattern: "PE1",
    category,
    severity: "low",
    message: "Asks for more permissions than a task needs. Name the tools and paths that are needed.",
    expressions: [
      /^allowed-tools:[^\n]{0,200}?(?:\*(?=["'\s,]|$)|\b(?:Bash|Shell|Execute)(?![\w(]))/gm,
      /--dangerously-[\w-]{1,40}|--privileged\b|--yolo\b|--full-auto\b|\bbypassPermissions\b|--trust-all-tools\b|--allow-all\b|--no-sandbox\b/g,
      /\bchmod\s{1,3}(?:-R\s{1,3})?(?:0?777|a\+rwx|ugo\+rwx|\+s|u\+s|4\d{3})\b[^\n]{0,40}/g,
    ],
  },
  {
    rule: "changed-tools",
    pattern: null,
    category,
    severity: "low",
    message: "Allows other tools than its parent. Check that each is needed.",
    onlyNew: true,
    expressions: [/^allowed-tools:[^\n]{1,300}/gm],
  },
  {
    rule: "root-execution",
    pattern: "PE2",
    category,
    severity: "medium",
    message: "Runs commands as root. Describe what an administrator has to set up instead.",
    expressions: [
      /(?:^|[\s;&|`"'$(])(?:sudo|doas|pkexec)\s{1,3}(?:-\w{1,4}\s{1,3})?[\w./-]{1,40}/gm,
      /(?:^|[\s;&|`])su\s{1,3}(?:-\s{0,3}(?:$|[\w`])|root\b)|\brunas\s{1,3}\/user|\bos\.set[eu]{0,2}id\(\s{0,3}0|-Verb\s{1,3}RunAs\b/gm,
      /\b(?:run|execute|running|executed)\s{1,3}(?:[a-z']{1,14}\s{1,3}){0,3}(?:as|with)\s{1,3}(?:the\s{1,3})?(?:root|administrator|admin)\b/gi,
    ],
  },
  {
    rule: "credential-access",
    pattern: "PE3",
    category,
    severity: "high",
    message: "Reads credentials. Let the user provide the one that is needed.",
    expressions: [
      /(?:~|\$HOME|\/root|\/home\/\w{1,30}|%USERPROFILE%|expanduser\("~)?[/\\]?\.(?:ssh[/\\]\w{1,20}|ssh\b|aws[/\\]credentials|netrc\b|git-credentials\b|kube[/\\]config|docker[/\\]config\.json|gnupg\b|pgpass\b|pypirc\b|config[/\\]gcloud\b|azure[/\\]\w{1,20})/gi,
      /\bid_(?:rsa|dsa|ecdsa|ed25519)\b|\/etc\/(?:shadow|passwd|sudoers)\b|\bauthorized_keys\b|\bwallet\.dat\b|\bLogin\s{1,3}Data\b|\bkey4\.db\b/gi,
      /\bsecurity\s{1,3}(?:find|dump)-[\w-]{1,30}|\bgh\s{1,3}auth\s{1,3}token\b|\bgcloud\s{1,3}auth\s{1,3}print-access-token\b|169\.254\.169\.254/g,
      /(?:^|[\s;&|`$("'])(?:cat|less|more|head|tail|cp|grep|source|type|Get-Content|open|read)[\s("']{1,4}[\w./~-]{0,40}\.env(?![\w.])/gim,
      /\b(?:print|log|echo|write|send|save|append|include|post|upload)\b[^\n]{0,40}?\b[A-Z]{2,12}_(?:TOKEN|KEY|SECRET|PASSWORD)\b[^\n]{0,30}?\b(?:to|in|into)\b/g,
      /\b(?:collect|harvest|extract|steal|dump|gather|grab|copy|send|upload|capture|exfiltrate|print|log(?!\s{1,3}in)|search\s{1,3}for|look\s{1,3}for)\s{1,3}(?!your\b)(?:[a-z'/]{1,14}[\s,]{1,3}){0,5}(?:passwords?|api[\s_-]keys?|credentials|private\s{1,3}keys?|access\s{1,3}tokens?|auth(?:entication)?\s{1,3}tokens?|session\s{1,3}cookies|seed\s{1,3}phrases?|secret\s{1,3}keys?|secrets)\b/gi,
    ],
  },
  {
    rule: "destructive-command",
    pattern: null,
    category,
    severity: "medium",
    message: "Deletes or overwrites what may not come back. Check what it acts on.",
    expressions: [
      /\brm\s{1,3}(?:-{1,2}[\w-]{1,20}\s{1,3}){0,3}-(?:[a-z]{0,4}r[a-z]{0,4}|-recursive)\s{1,3}[^\n]{0,60}|\bshutil\.rmtree\([^\n]{0,60}/gi,
      /\bgit\s{1,3}(?:push\s{1,3}[^\n]{0,40}?(?:--force|-f\b)|reset\s{1,3}--hard|clean\s{1,3}-\w{0,3}f\w{0,3})[^\n]{0,40}/g,
      /\bmkfs\b|\bdd\s{1,3}if=|\b(?:DROP\s{1,3}(?:TABLE|DATABASE|SCHEMA)|TRUNCATE\s{1,3}TABLE|DELETE\s{1,3}FROM)\b[^\n]{0,40}|\bshred\s{1,3}-|\bwipefs\b|\bformat\s{1,3}[a-z]:/gi,
      /\b(?:delete|erase|wipe|destroy|encrypt|overwrite|corrupt|purge|cancel|remove)\s{1,3}(?:all|every|everything|the\s{1,3}(?:entire|whole|user'?s?|original|existing))\b[^\n]{0,40}?\b(?:files?|folders?|director(?:y|ies)|data|disk|database|backups?|repositor(?:y|ies)|history|logs?|e-?mails?|records?|branch(?:es)?|tables?|documents?|events?|versions?|occurrences?)\b/gi,
    ],
  },
  {
    rule: "persistence",
    pattern: null,
    category,
    severity: "high",
    message: "Installs something that runs later, by itself. Remove it, or let the user do it.",
    expressions: [
      /\bcrontab\s{1,3}-|\/etc\/cron|\blaunchctl\s{1,3}(?:load|bootstrap)|\bLaunch(?:Agents|Daemons)\b|\bsystemctl\s{1,3}(?:--user\s{1,3})?enable\b|\bschtasks\b[^\n]{0,20}\/create|\bCurrentVersion\\{1,2}Run\b/gi,
      />{1,2}\s{0,3}["']?(?:~|\$HOME|\$\{HOME\}|\/root|\/home\/\w{1,30})\/\.(?:bash\w{0,8}|zsh\w{0,8}|profile|config\/fish)\b/g,
      /\.git\/hooks\/[\w-]{1,30}|\bgit\s{1,3}config\s{1,3}--global\s{1,3}core\.hooksPath\b/g,
    ],
  },
];
