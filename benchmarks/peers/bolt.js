// Bolt for JavaScript as quick as its own settings make it: opens the view that it was given.
// VIEWS names a JSON file with a view for each text that may stand after the command.
"use strict";

const { readFileSync } = require("node:fs");
const { createRequire } = require("node:module");

// Installed elsewhere, so that the tree stays as it is.
const { App, LogLevel } = createRequire(`${process.env.BOLT_FOLDER}/`)("@slack/bolt");

const views = JSON.parse(readFileSync(process.env.VIEWS, "utf8"));
const known = {
  botToken: process.env.SLACK_BOT_TOKEN,
  botId: process.env.BOT_ID,
  botUserId: process.env.BOT_USER,
  teamId: process.env.TEAM,
};
const app = new App({
  signingSecret: process.env.SLACK_SIGNING_SECRET,
  authorize: async () => known,
  processBeforeResponse: true,
  logLevel: LogLevel.ERROR,
  clientOptions: { slackApiUrl: process.env.SLACK_API_URL, retryConfig: { retries: 0 } },
});

app.command("/whatsapp-template", async ({ ack, body, client }) => {
  await client.views.open({ trigger_id: body.trigger_id, view: views[body.text ?? ""] });
  await ack();
});

// It stops when whoever started it is gone.
process.stdin.on("end", () => process.exit(0)).resume();
app.start({ port: Number(process.env.PORT), host: "127.0.0.1" });
