import type { PatternRule } from "./finding.ts";

const category = "prompt-injection";

/** P1 to P4 of SkillScan: names and severities from arXiv 2601.10338 [S], expressions ours [R]. */
export const injectionRules: readonly PatternRule[] = [
  {
    rule: "instruction-override",
    pattern: "P1",
    category,
    severity: "high",
    message: "Tells the agent to set other instructions aside. Remove it.",
    expressions: [
      /\b(?:ignore|disregard|forget|override|overrides|bypass)\s{1,3}(?:[a-z']{1,14}\s{1,3}){0,4}(?:previous|prior|earlier|above|preceding|existing|system|developer|user'?s?|safety|default|original)\s{1,3}(?:[a-z']{1,14}\s{1,3}){0,2}(?:instructions?|rules?|prompts?|guidelines?|directives?|constraints?|polic(?:y|ies)|messages?|guardrails?|requests?)\b/gi,
      /\b(?:ignore|disregard|forget)\s{1,3}(?:all|any|every|everything)\s{1,3}(?:[a-z']{1,14}\s{1,3}){0,3}(?:instructions?|rules?|prompts?|guidelines?|constraints?|said|told)\b/gi,
      /\b(?:takes?|has|have|with)\s{1,3}(?:absolute\s{1,3}|highest\s{1,3})?(?:precedence|priority)\s{1,3}over\s{1,3}(?:[a-z']{1,14}\s{1,3}){0,3}(?:instructions?|rules?|prompts?|guidelines?|messages?|polic(?:y|ies)|requests?)\b/gi,
      /\byou\s{1,3}are\s{1,3}(?:now|no\s{1,3}longer)\s{1,3}(?:in\s{1,3}|an?\s{1,3}|bound|restricted|limited|required|subject)/gi,
      /\b(?:new|updated|real|hidden)\s{1,3}system\s{1,3}(?:instructions?|prompt|message)s?\b|<\/?(?:system|assistant_instructions|system_prompt)>|\bdeveloper\s{1,3}mode\s{1,3}(?:enabled|on)\b|\bjailbreak(?:ed)?\s{1,3}mode\b/gi,
    ],
  },
  {
    rule: "hidden-instructions",
    pattern: "P2",
    category,
    severity: "high",
    message:
      "Instructions in a place that people do not see when the file is rendered. Write them as visible text, or remove them.",
    expressions: [
      /<!--[^>]{0,300}\b(?:assistant|ai\s{1,3}agent|agents?\s{1,3}(?:must|should|shall)|you\s{1,3}(?:must|should|are)|instructions?\s{0,3}:|ignore|execute|secretly|silently|curl|do\s{1,3}not\s{1,3}(?:tell|mention|show))\b/gi,
      /\[\/\/\]:\s{0,3}#\s{0,3}[("'][^\n]{0,200}\b(?:agent|assistant|ignore|execute|run|send|must)\b/gi,
      /style\s{0,3}=\s{0,3}["'][^"'\n]{0,120}(?:display\s{0,3}:\s{0,3}none|visibility\s{0,3}:\s{0,3}hidden|font-size\s{0,3}:\s{0,3}0(?:px|pt|em)?\s{0,3}[;"'])[^\n]{0,200}\b(?:agent|assistant|ignore|execute|instructions?|you\s{1,3}must)\b/gi,
    ],
  },
  {
    rule: "exfiltration-command",
    pattern: "P3",
    category,
    severity: "high",
    message:
      "Tells the agent to send data to somebody outside. Remove it, or name it in the description and review it.",
    expressions: [
      /\b(?:send|upload|post|forward|transmit|exfiltrate|leak|submit|copy|sync|back\s?up|share|push|mirror|e-?mail|deliver)\b[^\n]{0,120}?\b(?:to|at|via|with)\b[^\n]{0,40}?(?:https?:\/\/[^\s"'`)<>/]{1,100}|\b[\w.+-]{1,40}@[\w-]{1,40}\.[a-z]{2,10})/gi,
      /\b(?:send|upload|post|forward|transmit|exfiltrate|leak)\s{1,3}(?:[a-z']{1,14}\s{1,3}){0,6}(?:to|via)\s{1,3}(?:[a-z']{1,14}\s{1,3}){0,3}(?:external|remote|third[- ]party|webhook|attacker|telemetry|collector|logging)\b/gi,
      /(?<!\b(?:no|not|never|don't|cannot|can't|or|prevents?|against)\b[^\n]{0,40})\bexfiltrate\b/gi,
    ],
  },
  {
    rule: "behavior-manipulation",
    pattern: "P4",
    category,
    severity: "medium",
    message: "Makes the agent act without the user knowing or agreeing. Say it openly, or remove it.",
    expressions: [
      /\b(?:do\s{1,3}not|don't|never|without)\s{1,3}(?:[a-z']{1,14}\s{1,3}){0,2}(?:tell|telling|inform|informing|mention|mentioning|notify|notifying|alert|alerting|reveal|revealing|disclose|disclosing|warn|warning)\s{1,3}(?:[a-z']{1,14}\s{1,3}){0,5}(?:users?|humans?|operators?|owners?|customers?|anyone|anybody|them)\b/gi,
      /(?<!\b(?:no|not|never|don't|doesn't|cannot|can't|without|if|when)\b[^\n]{0,80})\b(?:without|no\s{1,3}need\s{1,3}for|skip|skipping|bypass|bypassing|disable|disabling)\s{1,3}(?:[a-z']{1,14}\s{1,3}){0,3}(?:confirmation|permission|approval|consent|authentication|authorization|safety|security|guardrails?|sandbox(?:ing)?)\b/gi,
      /(?<!\b(?:no|not|never|don't|doesn't|cannot|can't)\b[^\n]{0,80})\bwithout\s{1,3}(?:asking|prompting|consulting)\b/gi,
      /\b(?:silently|secretly|covertly|quietly|discreetly|stealthily)\b[^\n]{0,30}?\b(?:run|execute|send|upload|install|delete|remove|write|add|append|collect|create|copy|push|commit|insert|record|replace|modify|change)\b/gi,
      /\b(?:hide|conceal)\s{1,3}(?:[a-z']{1,14}\s{1,3}){0,5}from\s{1,3}(?:[a-z']{1,14}\s{1,3}){0,2}(?:users?|humans?|owners?|logs?|review(?:ers?)?)\b/gi,
    ],
  },
  {
    rule: "addresses-grader",
    pattern: null,
    category: "gaming",
    severity: "medium",
    message: "Speaks of how answers are graded instead of how to do the task. Remove it.",
    expressions: [
      /\b(?:the|this|any|dear)\s{1,3}(?:automatic\s{1,3}|automated\s{1,3})?(?:grader|verifier|scorer|evaluator|judge|checker|autograder|test\s{1,3}harness|grading\s{1,3}(?:script|model|program)|evaluation\s{1,3}(?:script|harness|model)|scoring\s{1,3}(?:script|function|model))s?\b/gi,
      /\b(?:(?:full|maximum|perfect|highest|top)\s{1,3}(?:score|marks|points|grade|reward|credit)|reward\s{1,3}model|hidden\s{1,3}tests?|expected\s{1,3}answers?\s{1,3}(?:is|are)|gold(?:en)?\s{1,3}(?:answers?|labels?|standard\s{1,3}answers?))\b/gi,
      /\b(?:grade|score|mark|rate|judge|consider|accept|treat)\s{1,3}(?:this|the|every|any|my|all)\s{1,3}(?:answers?|outputs?|responses?|submissions?|replies|reply|work)\s{1,3}(?:as\s{1,3})?(?:correct|right|perfect|passing|passed|consistent|10|100|full)\b/gi,
      /\bmatch(?:es|ing)?\s{1,3}the\s{1,3}(?:verifier|grader|checker|scor(?:er|ing))(?:'s)?\b/gi,
    ],
  },
];
