import { describe, expect, test } from "vitest";
import { SettingsError } from "../../state/errors.ts";
import { createModel } from "../../models/open-model.ts";
import { serverIn } from "../../models/server.ts";

const open = (address: string | undefined, key?: string) =>
  serverIn({ OPENAI_BASE_URL: address, OPENAI_API_KEY: key }, "OPENAI");

describe("the address of a server", () => {
  test.each([
    ["as it is", "http://h:1/v1", "http://h:1/v1/chat/completions"],
    ["with a slash at its end", "http://h:1/v1/", "http://h:1/v1/chat/completions"],
    ["with spaces and line breaks around it", " http://h:1/v1\r\n", "http://h:1/v1/chat/completions"],
    ["in double quotes", '"http://h:1/v1"', "http://h:1/v1/chat/completions"],
    ["in single quotes with a space", " 'http://h:1/v1 ' ", "http://h:1/v1/chat/completions"],
    ["with the path of a call", "http://h:1/v1/chat/completions", "http://h:1/v1/chat/completions"],
    ["with the path of a call of the other API", "http://h:1/v1/responses/", "http://h:1/v1/chat/completions"],
    ["without a path", "https://h", "https://h/chat/completions"],
    ["in capitals", "HTTP://H:1/v1", "http://h:1/v1/chat/completions"],
    ["with a fragment", "http://h:1/v1#x", "http://h:1/v1/chat/completions"],
    ["that ends in /models, as some do", "https://h/models", "https://h/models/chat/completions"],
    ["with a query", "http://h:1/d?api-version=1&b=c", "http://h:1/d/chat/completions?api-version=1&b=c"],
    ["with a call and a query", "http://h/d/chat/completions?a=1", "http://h/d/chat/completions?a=1"],
  ])("%s is used rightly", (_, address, url) => {
    expect(open(address).address?.urlOf("chat/completions")).toBe(url);
  });

  test.each([
    ["without a scheme", "localhost:8000/v1", "has no scheme"],
    ["that is a number and a port", "127.0.0.1:8000/v1", "has no scheme"],
    ["that is a host", "api.example.com/v1", "has no scheme"],
    ["that begins with slashes", "//h/v1", "has no scheme"],
    ["with one slash", "http:/h/v1", "has no scheme"],
    ["with a quote on one side", '"http://h/v1', "has no scheme"],
    ["of a file", "file:///etc/passwd", "file://"],
    ["of a socket", "ws://h/v1", "ws://"],
    ["of FTP", "ftp://h/v1", "ftp://"],
    ["without a host", "http://", "is not a URL"],
    ["with a path alone", "http:///v1", "is not a URL"],
    ["with a port that is none", "http://h:x/v1", "is not a URL"],
    ["with a space inside", "http://h/v 1", "white space"],
    ["of two lines", "http://h/\nv1", "white space"],
    ["with a user", "http://canary@h/v1", "a user or password"],
    ["with a password", "http://u:canary@h/v1", "a user or password"],
  ])("%s is refused, and the variable is named", (_, address, problem) => {
    const refused = () => open(address);
    expect(refused).toThrow(SettingsError);
    expect(refused).toThrow(`OPENAI_BASE_URL`);
    expect(refused).toThrow(problem);
    expect(refused).not.toThrow("canary");
  });

  test("is not set where nothing but spaces or quotes is there", () => {
    for (const nothing of ["", "  ", '""', "' '"]) expect(open(nothing).isDefault).toBe(true);
  });

  test("takes a key as a bearer token, and one of Azure in its own header", () => {
    expect(open("http://h/v1?a=b").address?.headersFor("k")).toEqual({ authorization: "Bearer k" });
    expect(open("http://h/d?api-version=1").address?.headersFor("k")).toEqual({ "api-key": "k" });
    expect(open("http://h/v1").address?.headersFor(undefined)).toEqual({});
  });

  test("is shown without its query", () => expect(open("http://h/v1?key=canary").address?.shown).toBe("http://h/v1"));
});

describe("a key", () => {
  test("is taken without the spaces and quotes around it", () => {
    for (const key of ["sk-1", " sk-1\n", '"sk-1"', "'sk-1'\r\n"]) expect(open("http://h", key).key).toBe("sk-1");
  });

  test.each([
    ["of two lines", "sk-canary\nsk-canary"],
    ["with a return", "sk-canary\rx"],
    ["with a space", "Bearer sk-canary"],
    ["with a letter of another alphabet", "sk-canarу"],
    ["with curly quotes", "“sk-canary”"],
    ["with a zero-width space", "sk-\u200bcanary"],
    ["with a control character", "sk-canary\u0007x"],
  ])("%s is refused before any call; the variable is named and the value is not", async (_, key) => {
    expect(() => open("http://h", key)).toThrow("OPENAI_API_KEY");
    expect(() => open("http://h", key)).not.toThrow("canar");
    const environment = { LOCAL_BASE_URL: "http://127.0.0.1:9/v1", LOCAL_API_KEY: key };
    await expect(createModel("m?server=LOCAL", { environment })).rejects.toThrow(/^LOCAL_API_KEY contains/);
  });
});
