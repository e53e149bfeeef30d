/** Bars of flags by how far they are, and what their colours mean. */
import type { Done } from "../api/shapes";
import { number, t } from "../text";
import { piecesOf, type Piece } from "./table";

const Part = ({ piece, from, n }: { piece: Piece; from: number; n: number }) => (
  <rect class={`piece ${piece}`} x={from} width={n} height="10" />
);

/** One bar; `most` flags fill its width. */
export const Bar = ({ done, most }: { done: Done; most: number }) => {
  let from = 0;
  return (
    <svg class="bar" viewBox={`0 0 ${Math.max(most, 1)} 10`} preserveAspectRatio="none" aria-hidden="true">
      {piecesOf(done).map(({ piece, n }) => {
        const part = <Part key={piece} piece={piece} from={from} n={n} />;
        from += n;
        return part;
      })}
    </svg>
  );
};

export const Legend = ({ done }: { done: Done }) => (
  <ul class="legend">
    {piecesOf(done).map(({ piece, n }) => (
      <li key={piece}>
        <svg class="swatch" viewBox="0 0 12 12" width="12" height="12" aria-hidden="true">
          <rect class={`piece ${piece}`} width="12" height="12" />
        </svg>
        {t(piece === "closed" ? "progress.otherwise" : `progress.${piece}`)} <b>{number(n)}</b>
      </li>
    ))}
  </ul>
);
