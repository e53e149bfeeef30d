/** The plan on paper: the map as it is on the screen, and the field zones as a table. */
import { signal } from "@preact/signals";
import { t, number } from "../text";
import { mark } from "../map/mark";
import * as desk from "./desk";
import { Bar, mostOf } from "./FieldZones";
import { picture, tintOf } from "./PlanMap";
import { hours, proof, signed, verdict } from "./saying";

const drawn = signal("");

/** Take the picture first: what a graphics card draws is not printed by itself. */
export const take = (): void => {
  drawn.value = picture.peek()?.() ?? "";
};

export const print = async (): Promise<void> => {
  take();
  await new Promise(requestAnimationFrame);
  await document.querySelector<HTMLImageElement>(".sheet img")?.decode();
  globalThis.print();
};

const COLUMNS = ["name", "owner", "phone", "units", "sources", "load", "bar", "deviation"] as const;

export const Paper = () => {
  const plan = desk.plan.value;
  if (!plan) return null;
  const most = mostOf(plan);
  return (
    <article class="sheet" aria-hidden="true">
      <h1>{plan.plan}</h1>
      <p>
        {verdict(plan)} {proof(plan)}
      </p>
      {drawn.value && <img src={drawn.value} alt="" />}
      <p class="mark">{mark}</p>
      <table>
        <thead>
          <tr>
            <th />
            {COLUMNS.map((column) => (
              <th key={column} scope="col">
                {t(`split.column.${column}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {plan.field_zones.map((zone) => (
            <tr key={zone.field_zone}>
              <td>
                <svg class="swatch" viewBox="0 0 16 16" width="12" height="12">
                  <rect x="1" y="1" width="14" height="14" fill={tintOf(zone.field_zone)} stroke="#5a636c" />
                </svg>
              </td>
              <th scope="row">{zone.name}</th>
              <td>{zone.owner}</td>
              <td>{zone.phone}</td>
              <td>{number(zone.units)}</td>
              <td>{number(zone.sources ?? 0)}</td>
              <td>{hours(zone.load)}</td>
              <td class="bar">
                <Bar zone={zone} plan={plan} most={most} />
              </td>
              <td>{signed(zone.deviation ?? 0)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </article>
  );
};
