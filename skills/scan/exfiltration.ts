import type { PatternRule } from "./finding.ts";

const category = "data-exfiltration";

/** E1 to E4 of SkillScan: names and severities from arXiv 2601.10338 [S], expressions and `web-address` ours [R]. */
export const exfiltrationRules: readonly PatternRule[] = [
  {
    rule: "external-transmission",
    pattern: "E1",
    category,
    severity: "medium",
    message: "Contacts another host. Check where to, and what is sent.",
    expressions: [
      /\b(?:curl|wget|http|https|Invoke-WebRequest|Invoke-RestMethod|iwr|irm)\b(?!:)[^\n|;]{0,160}?https?:\/\/[^\s"'`)<>/]{1,100}/g,
      /\b(?:requests|httpx|axios|session|client)\.(?:get|post|put|patch|request)\([^\n]{0,80}/g,
      /\b(?:fetch|urlopen|urlretrieve|XMLHttpRequest|sendBeacon|WebSocket)\(\s{0,3}[^\s)][^\n]{0,80}/g,
      /\b(?:smtplib|ftplib|paramiko|http\.client|socket\.(?:create_connection|socket)|nodemailer)\b/g,
      /(?:^|[\s;&|`])(?:nc|ncat|netcat|scp|sftp|ftp|rsync|telnet)\s{1,3}[^\n]{0,80}?[\w.-]{1,60}[:@ ][\w.-]/gm,
      /\b(?:webhook\.site|requestbin|ngrok|pastebin\.com|transfer\.sh|discord(?:app)?\.com\/api\/webhooks|hooks\.slack\.com|api\.telegram\.org)\b/gi,
    ],
  },
  {
    rule: "environment-harvesting",
    pattern: "E2",
    category,
    severity: "high",
    message: "Reads all environment variables, which hold keys. Read the one that is needed, by name.",
    expressions: [
      /\b(?:dict|json\.dumps|str|print|repr)\(\s{0,3}os\.environ\s{0,3}[,)]|\bos\.environ\.(?:items|keys|values)\(/g,
      /\b(?:Object\.(?:keys|entries|values)|JSON\.stringify|console\.log)\([^\n)]{0,20}process\.env\s{0,3}[,)]/g,
      /(?:^|[\s;&`$(])(?:printenv|env|export\s{1,3}-p)\s{0,3}(?:>{1,2}\s{0,3}["'\w/~$.]|\|\s{0,3}(?!grep\b)[a-z])/gm,
      /(?:^|[\s;&`$(])printenv\s{0,3}(?:$|[`;)])/gm,
      /\b(?:Get-ChildItem|gci|dir|ls)\s{1,3}env:/gi,
      /\b(?:collect|dump|gather|harvest|capture|print|send|upload|record|include|list|export)\s{1,3}(?:[a-z']{1,14}\s{1,3}){0,3}(?:all|every|the\s{1,3}full|entire|current)\s{1,3}(?:[a-z']{1,14}\s{1,3}){0,2}environment(?:\s{1,3}variables?|\s{1,3}vars?)?\b/gi,
    ],
  },
  {
    rule: "file-enumeration",
    pattern: "E3",
    category,
    severity: "medium",
    message: "Lists files beyond the folder of the task. Name the files that are needed.",
    expressions: [
      /(?:^|[\s;&|`$(])(?:find|tree|du|ls|fd|rg|grep)\s{1,3}(?:-{1,2}[\w=-]{1,20}\s{1,3}){0,4}(?:"[^"\n]{0,60}"\s{1,3}|'[^'\n]{0,60}'\s{1,3})?(?:~|\$HOME|\/(?:home|root|Users|etc|var)?(?=[\s/]|$))[^\s;|]{0,60}/gm,
      /\b(?:os\.walk|os\.listdir|os\.scandir|glob\.glob|readdirSync|readdir)\(\s{0,3}(?:os\.path\.expanduser|Path\.home|os\.homedir|homedir|r?f?["'](?:~|\/["']|\/(?:home|root|Users|etc)))/g,
      /\bPath\.home\(\)\s{0,3}\.\s{0,3}(?:r?glob|iterdir)\(/g,
      /\b(?:scan|search|list|enumerate|crawl|index|traverse|walk)\s{1,3}(?:[a-z']{1,14}\s{1,3}){0,4}(?:entire|whole|complete|full|all\s{1,3}of\s{1,3}the)\s{1,3}(?:[a-z']{1,14}\s{1,3}){0,2}(?:file\s?system|home\s{1,3}(?:directory|folder)|disk|drive|machine|computer)\b/gi,
    ],
  },
  {
    rule: "context-leakage",
    pattern: "E4",
    category,
    severity: "high",
    message: "Passes the conversation or the system prompt on. Remove it.",
    expressions: [
      /\b(?:send|upload|log|save|share|post|forward|encode|embed|transmit|submit|record|store|include|append|export|copy|dump|write|attach)\s{1,3}(?:[a-z']{1,14}\s{1,3}){0,5}(?:conversation(?:\s{1,3}(?:history|logs?|transcript|context))?|chat\s{1,3}(?:history|logs?|transcript)|system\s{1,3}prompts?|context\s{1,3}window|session\s{1,3}(?:transcript|history)|prompt\s{1,3}history|user'?s?\s{1,3}messages)\s{1,3}(?:[a-z']{1,14}\s{1,3}){0,3}(?:to|into|in|as|at|with|via|on)\b/gi,
      /\b(?:reveal|print|output|repeat|show|display|disclose|return|leak|dump)\s{1,3}(?:[a-z']{1,14}\s{1,3}){0,3}(?:system\s{1,3}prompts?|(?:hidden|internal|initial|developer)\s{1,3}(?:instructions?|prompts?|messages?))\b/gi,
    ],
  },
  {
    rule: "web-address",
    pattern: null,
    category,
    severity: "low",
    message: "Names a web host that the parent does not name. Check it.",
    onlyNew: true,
    expressions: [/https?:\/\/[^\s"'`)<>/\]}|,.:?#]{1,63}(?:\.[^\s"'`)<>/\]}|,.:?#]{1,63}){0,8}(?::\d{1,5})?/gi],
  },
  {
    rule: "mail-address",
    pattern: null,
    category,
    severity: "low",
    message: "Names an e-mail address that the parent does not name. Check it.",
    onlyNew: true,
    expressions: [/(?<![\w.+-])[\w.+-]{1,40}@[a-z0-9-]{1,40}\.[a-z]{2,10}\b/gi],
  },
  {
    rule: "outward-action",
    pattern: null,
    category,
    severity: "low",
    message: "Passes something on, which its parent does not. Check to whom.",
    onlyNew: true,
    expressions: [
      /\b(?:send|upload|e-?mail|back\s?up|forward|publish|transmit|sync|synchronize|transfer|replicate|mirror)\b[^\n]{0,60}?\b(?:to|with)\s{1,3}(?:[a-z'-]{1,14}\s{1,3}){0,3}[a-z'-]{1,14}\b/gi,
    ],
  },
];
