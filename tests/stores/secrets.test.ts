import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formsOf, isPhrase } from "../../stores/secret-forms.ts";
import { createSecretSearch } from "../../stores/secret-search.ts";
import { blotJson, createBlotter, keepPassed, secretIn, withoutSecrets } from "../../stores/secrets.ts";

const key = "sk-4f9d81c2e7/Qa+Zx==8";

/** The longest piece of the secret that stands in a text. */
function longestPiece(text: string, secret: string): number {
  let longest = 0;
  for (let start = 0; start < secret.length; start += 1)
    while (text.includes(secret.slice(start, start + longest + 1)) && start + longest < secret.length) longest += 1;
  return longest;
}

describe("which variables are secrets", () => {
  const value = "4f9d81c2e7b6";
  const blots = (name: string, given = value) =>
    withoutSecrets(`it is ${given}`, { [name]: given }) !== `it is ${given}`;

  const secret = ["API_KEY", "GITHUB_TOKEN", "CLIENT_SECRET", "PGPASSWORD", "DB_PASS", "DBPASS", "MYSQL_PWD", "GH_PAT"];
  const more = [
    "AWS_CREDENTIALS",
    "NPM_AUTH",
    "SESSION_COOKIE",
    "SENTRY_DSN",
    "AZURE_CONNECTION_STRING",
    "api_token_2",
  ];
  test.each([...secret, ...more, "SECRET_KEY_BASE", "KEY_PASSPHRASE"])("%s is one", (name) => {
    expect(blots(name)).toBe(true);
  });

  test.each(["HOME", "PWD", "OLDPWD", "AUTHOR", "PATH", "KEYBOARD", "TOKENIZERS_PARALLELISM", "COMPASS", "BYPASS"])(
    "%s is none",
    (name) => expect(blots(name)).toBe(false),
  );

  test.each(["1234", "disabled", "production", import.meta.dirname, "https://api.example.com/v1", "not-set"])(
    "the everyday value %s is none, whatever the name",
    (given) => expect(blots("SOME_TOKEN", given)).toBe(false),
  );

  test.each([
    "true",
    "1",
    "test",
    "production",
    "changeme",
    "not-needed",
    "sk-no-key-required",
    "lm-studio",
    "test-key-1",
    "EMPTY",
    "xxxxxxxx",
    "12345678",
    "your_api_key_here",
  ])("the everyday value %s is none, whatever the name and wherever it comes from", (given) => {
    keepPassed("SOME_SETTING", given);
    expect(withoutSecrets(`it is ${given}`, { SOME_TOKEN: given })).toBe(`it is ${given}`);
  });

  test.each(["swordfish", "verbose", "7", "on", "v1.2.3"])(
    "%s, handed on under a name that is none, spoils no text",
    (given) => {
      keepPassed("SOME_SETTING", given);
      expect(withoutSecrets(`it is ${given}`, {})).toBe(`it is ${given}`);
    },
  );

  test.each(["hunter2", "pw_42!", "s3cr3t"])("the short password %s is one where it stands alone", (given) => {
    const environment = { DB_PASS: given, CACHE_URL: `redis://:${given}x@cache:6379` };
    expect(withoutSecrets(`it is "${given}", not b${given}`, environment)).toBe(`it is "[DB_PASS]", not b${given}`);
    expect(withoutSecrets(`it is ${given}x.`, environment)).toBe("it is [CACHE_URL].");
  });

  test("pieces of a value that is made of words are words of their own", () => {
    const text = "a non-required test-password for production, by the qwen-coder";
    const environment = {
      A_KEY: "test-password-for-qwen-coder",
      B_KEY: "production-db-password-7",
      C_KEY: "is-required-42",
    };
    expect(withoutSecrets(text, environment)).toBe(text);
    expect(withoutSecrets(Object.values(environment).join(" "), environment)).toBe("[A_KEY] [B_KEY] [C_KEY]");
  });

  test("of a URL the login, the query and long segments are secret, in a variable of any name", () => {
    const environment = { DATABASE_URL: "postgres://app:hunter2hunter2@db.example.com/app" };
    expect(withoutSecrets("app:hunter2hunter2 at db.example.com", environment)).toBe(
      "[DATABASE_URL] at db.example.com",
    );
    const hook = { HOOK_TOKEN: "https://hooks.example.com/services/4f9d81c2e7b64f9d81c2e7b6?sig=81c2e7b64f9d" };
    expect(withoutSecrets("hooks.example.com 4f9d81c2e7b64f9d81c2e7b6 81c2e7b64f9d", hook)).toBe(
      "hooks.example.com [HOOK_TOKEN] [HOOK_TOKEN]",
    );
  });

  test("the password of a URL goes from a message, known or not, and stays in an answer", () => {
    const text = "redis://me:pw@localhost:6379 is down";
    expect(withoutSecrets(text, {})).toBe("redis://***@localhost:6379 is down");
    expect(createBlotter({})(text)).toBe(text);
  });

  test("the armour of a key and the head of a token are no secrets, what they hold is", () => {
    const lines = ["MIIEvQIBADANBgkqhkiG9w0BAQEF", "AASCBKcwggSjAgEAAoIBAQC7VJTU"];
    const environment = {
      TLS_KEY: `-----BEGIN PRIVATE KEY-----\n${lines.join("\n")}\n-----END PRIVATE KEY-----\n`,
      USER_JWT: "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
    };
    const everyday = "-----BEGIN PRIVATE KEY----- and eyJhbGciOiJIUzI1NiJ9.";
    expect(withoutSecrets(everyday, environment)).toBe(everyday);
    expect(withoutSecrets(`${lines[1]} eyJzdWIiOiJjYW5hcnkifQ`, environment)).toBe("[TLS_KEY] [USER_JWT]");
  });

  test("of a JSON object the fields with secret names are secret", () => {
    const CREDENTIAL = JSON.stringify({ type: "service_account", private_key: "4f9d81c2e7\n81c2e7b64f" });
    expect(withoutSecrets("service_account 4f9d81c2e7 81c2e7b64f", { CREDENTIAL })).toBe(
      "service_account [CREDENTIAL]",
    );
  });

  test("what was handed on by name is one from then on, whatever its name", () => {
    const blot = createBlotter({});
    keepPassed("CANARY_SETTING", "canary-b7e81c2f9d");
    keepPassed("LANG", "canary-en_US.UTF-8");
    expect(blot("canary-b7e81c2f9d canary-en_US.UTF-8")).toBe("[CANARY_SETTING] canary-en_US.UTF-8");
    expect(secretIn("run canary-b7e81c2f9d")).toBe("the value of CANARY_SETTING");
    expect(secretIn("https://a:b@host/")).toBe("the password of a URL");
    expect(secretIn("nothing to see")).toBeUndefined();
  });
});

describe("how a secret may stand in a text", () => {
  const environment = { CANARY_KEY: key };
  const lines = { CANARY_KEY: "sk-SECRETLEAK-0123456789\nsecond line" };
  const forms: Array<[string, string]> = [
    ["as it is", key],
    ["in JSON", JSON.stringify({ key })],
    ["in JSON in JSON", JSON.stringify(JSON.stringify({ key }))],
    ["in a URL", encodeURIComponent(key)],
    [
      "in a URL with small digits",
      encodeURIComponent(key).toLowerCase().replace(key.toLowerCase().slice(0, 13), key.slice(0, 13)),
    ],
    ["in a form", new URLSearchParams({ key }).toString()],
    ["in base64", Buffer.from(`user:${key}`).toString("base64")],
    ["in base64 for URLs", Buffer.from(`x${key}`).toString("base64url")],
    ["in hexadecimal digits", Buffer.from(key).toString("hex")],
    ["cut at its end", `"…${key.slice(0, 15)}`],
    ["cut at its start", `${key.slice(8)}"`],
    ["in the middle of a cut", `x${key.slice(3, 18)}...`],
  ];
  test.each(forms)("%s", (_, text) => {
    const shown = withoutSecrets(`before ${text} after`, environment);
    expect(shown).toContain("[CANARY_KEY]");
    expect(longestPiece(shown, key)).toBeLessThan(8);
    expect(longestPiece(shown, Buffer.from(key).toString("base64").slice(0, 28))).toBeLessThan(16);
  });

  test.each([
    ["line by line", "sk-SECRETLEAK-0123456789\r\nsecond line"],
    ["folded", "sk-SECRETLEAK-0123456789 second line"],
    ["one line of it", "sk-SECRETLEAK-0123456789"],
    ["quoted", JSON.stringify("sk-SECRETLEAK-0123456789\nsecond line")],
    ["as a shell quotes it", "$'sk-SECRETLEAK-0123456789\\nsecond line'"],
  ])("a value of two lines %s", (_, text) => {
    expect(withoutSecrets(text, lines)).not.toMatch(/SECRET|0123|second/);
  });

  test("JSON with a secret stays JSON", () => {
    const random = fc.string({ minLength: 8, maxLength: 40 }).filter((text) => new Set(text).size > 4);
    fc.assert(
      fc.property(random, fc.string(), fc.string(), (secret, before, after) => {
        const blot = searchFor(secret);
        const text = JSON.stringify({ text: before + secret + after, again: [`\\${secret}\n`] });
        expect(() => JSON.parse(blot(text)) as unknown).not.toThrow();
      }),
    );
  });

  test("keys and values of JSON are blotted; what holds no secret is given back itself", () => {
    const blot = createBlotter(environment);
    expect(blotJson({ a: [key], [key]: 1, b: null }, blot)).toEqual({
      a: ["[CANARY_KEY]"],
      "[CANARY_KEY]": 1,
      b: null,
    });
    const innocent = { a: [1, { b: "c" }] };
    expect(blotJson(innocent, blot)).toBe(innocent);
  });
});

const searchFor = (secret: string) => createSecretSearch(formsOf(secret).map((form) => ({ ...form, name: "KEY" })));

/** Values like those of keys, which nobody would write by chance. */
const secrets = fc
  .stringMatching(/^[A-Za-z0-9+/=_:.\-\n"'& ]{8,200}$/)
  .filter((text) => text.trim() === text && new Set(text).size >= 6 && !isPhrase(text));

test("no random secret, put anywhere and cut anywhere, leaks more than eleven characters", () => {
  const around = fc.string({ maxLength: 60 });
  fc.assert(
    fc.property(secrets, around, around, fc.tuple(fc.nat(), fc.nat()), (secret, before, after, [from, to]) => {
      const whole = before + secret + after;
      const cut = whole.slice(from % (before.length + 1), whole.length - (to % (after.length + 1)));
      const piece = secret.slice(from % secret.length, (from % secret.length) + (to % secret.length) + 1);
      const blot = searchFor(secret);
      const most = Math.min(12, Math.max(8, Math.ceil(secret.length / 2)));
      for (const text of [cut, before + piece + after, secret.split("\n").join(before), piece])
        expect(longestPiece(blot(text), secret)).toBeLessThan(most);
    }),
    { numRuns: 300 },
  );
});

test("a value of words of configuration over and over is read at once", () => {
  for (const word of ["changeme", "test", "key_", "xxxx", "nota"])
    withoutSecrets("nothing", { A_KEY: `${word.repeat(5000)}!` });
});

test("a text without a secret stays as it is", () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 300 }), (text) => {
      expect(searchFor(key)(text)).toBe(text);
    }),
  );
});

test.each([
  ["a value over and over", key, key],
  ["less of a value than counts, over and over", key, key.slice(0, 7)],
  ["one character, as in a value", `${"a".repeat(40)}-9f8e7d`, "a"],
  ["two characters, as in a value", `${"ab".repeat(20)}-9f8e7d`, "ab"],
])("a long text of %s is read at once", (_, secret, piece) => {
  const text = piece.repeat(Math.floor(400_000 / piece.length));
  expect(searchFor(secret)(text).includes(secret.slice(-8))).toBe(false);
});
