// The README's five requests with the types that openapi-typescript makes of the contract.
// `node walk.mjs URL CLIENT_ID CLIENT_SECRET`
import createClient from "openapi-fetch";
import type { components, paths } from "./tiendo.mjs";

const [baseUrl, clientId, clientSecret] = process.argv.slice(2) as [string, string, string];
// Answers in part (`fields=`) have a media type of their own, and are not asked for here.
const client = createClient<paths, "application/json" | "application/problem+json">({ baseUrl });

/** What was asked for, or an error that says the code of the refusal. */
function given<Data>(answer: { data?: Data; error?: { code: string } | undefined }): Data {
  if (answer.data === undefined) throw new Error(answer.error?.code ?? "no answer");
  return answer.data;
}

const token = given(
  await client.POST("/oauth/token", {
    body: { grant_type: "client_credentials", client_id: clientId, client_secret: clientSecret },
    headers: { "Content-Type": "application/x-www-form-urlencoded" },
  }),
);
const headers = { Authorization: `Bearer ${token.access_token}` };

const workload = given(
  await client.GET("/v1/agencies/{ref}/workload", {
    params: { path: { ref: "SCT" }, query: { role: "lead", status: "not_started", limit: 1 } },
    headers,
  }),
);
const owed = workload.assignments[0];
if (!owed?.next_submission) throw new Error("nothing is owed");

const report: components["schemas"]["ReportBody"] = {
  outcome: "in_progress",
  percent: 40,
  results: "Đã tổ chức 02 hội nghị xúc tiến.",
  evidence: [{ number: "215/BC-SCT", issued_on: "2026-11-16" }],
};
const path = { assignment_id: owed.id, period: owed.next_submission.period };
const submissions = "/v1/assignments/{assignment_id}/submissions/{period}";
given(
  await client.PUT(submissions, { params: { path, query: { submit: true } }, body: report, headers }),
);

const stands = given(await client.GET(submissions, { params: { path }, headers }));

const figures = given(
  await client.GET("/v1/plans/{plan_id}/statistics", {
    params: { path: { plan_id: owed.plan.id }, query: { by: "group" } },
    headers,
  }),
);
const { base } = figures.total.by_current_deadline.rates.completed_of_due;

const refused = await client.PUT(submissions, {
  params: { path: { ...path, period: "2025-Q5" } },
  body: report,
  headers,
});

// @ts-expect-error: what the contract does not know is no field of an answer
void stands.no_such_field;
// @ts-expect-error: nor is it a field of a body
void ({ ...report, no_such_field: 1 } satisfies components["schemas"]["ReportBody"]);

console.log(JSON.stringify([stands.allowed_actions, base > 0, refused.error?.code]));
