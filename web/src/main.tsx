/** The review page. */
import { signal } from "@preact/signals";
import { render } from "preact";
import * as calls from "./api/calls";
import type { CollectionTold } from "./api/shapes";
import { Progress } from "./pages/Progress";
import { Review } from "./pages/Review";
import { Help, onKey } from "./parts/Help";
import { askPlans } from "./parts/Layers";
import { followQueue } from "./parts/Mine";
import { Expired, Offline, Toast } from "./parts/Notes";
import { StatusBar } from "./parts/StatusBar";
import { TopBar } from "./parts/TopBar";
import { areaLevel, followFacets } from "./state/facets";
import { areaLevels } from "./state/levels";
import { followFlag } from "./state/review";
import { user } from "./state/session";
import { followAddress, view } from "./state/view";
import "./styles/page.css";
import "./styles/parts.css";
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
addEventListener("keydown", onKey);
render(<Page />, document.getElementById("page") as HTMLElement);
void start();
