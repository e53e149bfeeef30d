/** The review page. */
import { signal } from "@preact/signals";
import { render } from "preact";
import * as calls from "./api/calls";
import type { CollectionTold } from "./api/shapes";
import { Progress } from "./progress/Progress";
import { Review } from "./review/Review";
import { Help, onKey } from "./frame/Help";
import { askPlans } from "./filters/Layers";
import { guardSteps } from "./review/steps";
import { followQueue } from "./filters/Mine";
import { Expired, Offline, Toast } from "./frame/Notes";
import { StatusBar } from "./frame/StatusBar";
import { TopBar } from "./frame/TopBar";
import { areaLevel, followFacets } from "./filters/facets";
import { areaLevels } from "./state/levels";
import { followFlag } from "./review/opening";
import { followPlace } from "./review/placing";
import { save } from "./review/sending";
import { followSleep, user } from "./state/session";
import { followAddress, view } from "./state/view";
import "./styles/index.css";
import { followLanguage, t } from "./text";

const told = signal<CollectionTold[] | null>(null);
const failed = signal("");

const start = async (): Promise<void> => {
  failed.value = "";
  try {
    const [who, collections] = await Promise.all([calls.me(), calls.collections()]);
    user.value = who;
    areaLevels.value = collections.flatMap(({ id }) => (id.startsWith("areas-") ? [id.slice("areas-".length)] : []));
    areaLevel.value = areaLevels.value[1] ?? areaLevels.value[0] ?? "";
    told.value = collections;
    void askPlans();
  } catch (error) {
    failed.value = error instanceof Error ? error.message : String(error);
  }
};

const Body = () => {
  if (told.value) return view.value.page === "progress" ? <Progress /> : <Review told={told.value} />;
  return (
    <main class="notice">
      <p>{failed.value ? t("state.error", { detail: failed.value }) : t("state.loading")}</p>
      {failed.value && <button onClick={() => void start()}>{t("state.retry")}</button>}
    </main>
  );
};

const Page = () => (
  <>
    <TopBar />
    <Offline />
    <Body />
    <StatusBar />
    <Toast />
    <Help />
    <Expired />
  </>
);

followLanguage();
followAddress();
followFacets();
followQueue();
followFlag();
followPlace(() => void save());
followSleep();
addEventListener("keydown", onKey);
guardSteps();
render(<Page />, document.getElementById("page") as HTMLElement);
void start();
