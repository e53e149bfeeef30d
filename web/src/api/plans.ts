/** The requests on plans. */
import { data } from "./asking";
import { api } from "./client";
import type * as S from "./shapes";

export const plans = async (): Promise<S.PlanTold[]> =>
  (await data<{ plans: S.PlanTold[] }>(api().GET("/plans"))).plans;
