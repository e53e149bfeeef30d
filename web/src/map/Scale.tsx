/** The scale bar, in the reader's language. */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { map } from "../state/work";
import { number, t } from "../text";
import { roundLength } from "./roundLength";

const WIDEST = 110; // pixels
const EQUATOR = 40_075_016.686; // metres
const TILE = 512;

export const Scale = () => {
  const metres = useSignal(0); // of a pixel, in the middle of the frame
  const drawn = map.value;
  useEffect(() => {
    if (!drawn) return;
    const measure = (): void => {
      const { lat } = drawn.getCenter();
      metres.value = (EQUATOR * Math.cos((lat * Math.PI) / 180)) / (TILE * 2 ** drawn.getZoom());
    };
    measure();
    drawn.on("move", measure);
    return () => void drawn.off("move", measure);
  }, [drawn]);
  if (!metres.value) return null;
  const length = roundLength(metres.value * WIDEST);
  const width = length / metres.value;
  const text = length < 1000 ? t("scale.m", { n: number(length) }) : t("scale.km", { n: number(length / 1000) });
  return (
    <div class="scale" role="img" aria-label={t("scale.label", { length: text })}>
      {text}
      <svg width={WIDEST + 2} height="6" aria-hidden="true">
        <path d={`M1 0V5H${width.toFixed(1)}V0`} fill="none" stroke="currentColor" stroke-width="1.5" />
      </svg>
    </div>
  );
};
