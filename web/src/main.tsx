/** The review page. */
import { effect, signal } from "@preact/signals";
import { render } from "preact";
import * as calls from "./api/calls";
import type { CollectionTold } from "./api/shapes";
import { Review } from "./review/Review";
import { Help, onKey } from "./frame/Help";
import { askPlans } from "./filters/Layers";
import { guardSteps } from "./review/steps";
import { followQueue } from "./filters/Mine";
import { later } from "./frame/later";
import { Login } from "./frame/Login";
import { Offline, Toast } from "./frame/Notes";
import { page } from "./frame/pages";
import { Stamp } from "./frame/Stamp";
import { StatusBar } from "./frame/StatusBar";
import { followTitle } from "./frame/title";
import { TopBar } from "./frame/TopBar";
import { askQueryables } from "./filters/queries";
import { areaLevel, followFacets } from "./filters/facets";
import { areaLevels } from "./state/levels";
import { followBulk } from "./bulk/state";
import { followFlag } from "./review/opening";
import { followPlace } from "./review/placing";
import { save } from "./review/sending";
import { followSleep, offline, returned, user } from "./state/session";
import { followAddress } from "./state/view";
import "./styles/index.css";
import { followLanguage, t } from "./text";

const Progress = later(async () => (await import("./progress/Progress")).Progress);
const Split = later(async () => (await import("./split/Split")).Split);

const told = signal<CollectionTold[] | null>(null);
const failed = signal("");

const start = async (): Promise<void> => {
  failed.value = "";
  try {
    const [who, collections] = await Promise.all([calls.me(), calls.collections()]);
    user.value = who;
    await askQueryables(collections.map(({ id }) => id));
    areaLevels.value = collections.flatMap(({ id }) => (id.startsWith("areas-") ? [id.slice("areas-".length)] : []));
    areaLevel.value = areaLevels.value[1] ?? areaLevels.value[0] ?? "";
    told.value = collections;
    void askPlans();
  } catch (error) {
    failed.value = offline.value ? t("state.offline") : error instanceof Error ? error.message : String(error);
  }
};

const Body = () => {
  if (told.value) {
    if (page.value === "progress") return <Progress />;
    return page.value === "split" ? <Split told={told.value} /> : <Review told={told.value} />;
  }
  if (!failed.value) return <main class="notice loading">{t("state.loading")}</main>;
  return (
    <main class="notice">
      <p role="alert">{t("state.error", { detail: failed.value })}</p>
      <button onClick={() => void start()}>{t("state.retry")}</button>
    </main>
  );
};

const Page = () => (
  <>
    <TopBar />
    <Offline />
    {page.value !== "progress" && (
      <div class="paper">
        <h1>{t("title")}</h1>
        <Stamp />
      </div>
    )}
    <Body />
    <StatusBar />
    <Toast />
    <Help />
    <Login />
  </>
);

followLanguage();
followAddress();
followFacets();
followQueue();
followFlag();
followSleep();
followTitle();
followBulk();
followPlace(() => void save());
addEventListener("keydown", onKey);
guardSteps();
render(<Page />, document.getElementById("page") as HTMLElement);
effect(() => {
  if (returned.value && !told.peek()) void start(); // what could not begin begins when one is back
});
void start();
