import { useEffect, useRef, useState } from 'react';

interface Tip {
  readonly text: string;
  readonly left: number;
  readonly top: number;
  readonly isAbove: boolean;
}

const DELAY_MS = 250;

/**
 * Shows the `data-tip` of the element under the pointer or the focus. One layer for the page, because a table has
 * thousands of elements with a tip. Esc hides it, and the pointer may move onto it (WCAG 1.4.13).
 */
export function Tips() {
  const [tip, setTip] = useState<Tip | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  useEffect(() => {
    let target: Element | null = null;
    const hide = () => {
      clearTimeout(timer.current);
      target = null;
      setTip(null);
    };
    const show = (element: Element, delay_ms: number) => {
      if (element === target) return;
      hide();
      target = element;
      timer.current = setTimeout(() => setTip(tipOf(element)), delay_ms);
    };
    const onOver = (event: Event) => {
      const element = event.target instanceof Element ? event.target : null;
      if (element?.closest('.tip')) return;
      const owner = element?.closest('[data-tip]');
      if (owner) show(owner, DELAY_MS);
      else if (target && !target.contains(document.activeElement)) hide();
    };
    const onFocus = (event: FocusEvent) => {
      const owner = event.target instanceof Element ? event.target : null;
      if (owner?.matches('[data-tip]:focus-visible')) show(owner, 0);
      else hide();
    };
    const onKey = (event: KeyboardEvent) => {
      if (event.key === 'Escape') hide();
    };
    document.addEventListener('pointerover', onOver);
    document.addEventListener('focusin', onFocus);
    document.addEventListener('focusout', hide);
    document.addEventListener('keydown', onKey);
    document.addEventListener('scroll', hide, true);
    document.addEventListener('pointerdown', hide);
    return () => {
      hide();
      document.removeEventListener('pointerover', onOver);
      document.removeEventListener('focusin', onFocus);
      document.removeEventListener('focusout', hide);
      document.removeEventListener('keydown', onKey);
      document.removeEventListener('scroll', hide, true);
      document.removeEventListener('pointerdown', hide);
    };
  }, []);

  if (!tip) return null;
  return (
    <div
      className="tip"
      role="tooltip"
      style={{ left: tip.left, top: tip.top, transform: tip.isAbove ? 'translate(-50%, -100%)' : 'translateX(-50%)' }}
    >
      {tip.text}
    </div>
  );
}

const WIDTH_MAX = 360;

function tipOf(element: Element): Tip | null {
  const text = element.getAttribute('data-tip');
  if (!text || !element.isConnected) return null;
  const { left, right, top, bottom } = element.getBoundingClientRect();
  const half = Math.min(WIDTH_MAX, innerWidth - 16) / 2;
  const isAbove = bottom + 80 > innerHeight;
  const middle = (left + right) / 2;
  const width = Math.min(half, text.length * 4 + 16);
  return {
    text,
    isAbove,
    left: Math.min(Math.max(middle, width + 8), innerWidth - width - 8),
    top: isAbove ? top - 6 : bottom + 6,
  };
}
