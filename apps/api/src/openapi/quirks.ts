/** What holds for every operation and fits no schema: contract sections 1 to 3. Markdown. */
export const QUIRKS = `
The API of OpenStack Magnum, release 23, with additions (drivers, operations, events). Where it is quaint, Magnum is, and clients rely on
it.

**Versions.** \`OpenStack-API-Version: container-infra 1.10\` asks for a minor version, \`container-infra latest\` for the newest; without
the header it is 1.1. \`container-infrastructure\` and \`container-infrastructure-management\` name the same service, and the answer says
what the client said. Up to 1.12 a cluster has \`stack_id\`, from 1.13 on \`cluster_id\`, with the same value. An operation that a version
does not have is 406. \`GET /\` and \`/healthcheck\` take no part in this.

**Paths.** Each path of Magnum’s also answers without \`/v1\` (\`bookmark\` links lead there), and with a slash at its end. \`{ident}\` is
an id, compared as text, or a name; a name that several things bear is 409. What belongs to another project is 404.

**Lists.** \`next\` is there where the page is full, also when nothing follows. Arguments that an operation does not have are 400.

**Bodies.** JSON. Unknown fields are 400, \`null\` is as good as absent. Numbers may be sent as text (\`"5"\`), booleans as words
(\`yes\`, \`off\`, \`t\`, \`0\`); values of labels are kept as Python prints them (\`true\` becomes \`"True"\`). A PATCH is a list of
operations as in RFC 6902, with only add, replace and remove, and values that are texts or whole numbers: a map is sent as a text that
holds a Python literal, such as \`"{'tier': 'test'}"\`. Quotas alone are patched with an object.

**Refusals** are \`{"errors": [{...}]}\` with one element. There are three other shapes: 401 is \`{"error": {...}}\` with
\`WWW-Authenticate\`, 406 for a version that there is not has neither \`status\` nor \`detail\`, and 503 while Keystone is away is plain
text. A verb that a path does not know is 405 with \`Allow\`, HEAD and OPTIONS included. Unknown paths need a token too.

**Accepted** is 202 (204 for a DELETE) and says no more than that: \`Operation-Id\` and \`Location\` name the operation in which it is
carried out. \`Idempotency-Key\` makes a repeated request the same command; another request under that key is 422.
`.trim();
