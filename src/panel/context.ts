import { createContext, useContext, useEffect, useReducer } from 'react';
import type { PanelController } from './controller';
import type { IDraft } from './drafts';

/**
 * The panel's controller, for all of its components.
 */
export const PanelContext = createContext<PanelController | null>(null);

/**
 * The panel's controller.
 */
export function useController(): PanelController {
  return useContext(PanelContext)!;
}

/**
 * The panel's controller; the component is drawn again when it, the
 * connections or the notebooks change.
 */
export function useWatchedController(): PanelController {
  const controller = useController();
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  useEffect(() => {
    const { model } = controller;
    const signals = [
      controller.changed,
      model.changed,
      model.notebooks.changed,
      model.waiting.changed
    ];
    signals.forEach(signal => signal.connect(redraw));
    // What changed between the drawing and this moment was told to nobody.
    redraw();
    return () => signals.forEach(signal => signal.disconnect(redraw));
  }, [controller]);
  return controller;
}

/**
 * Move the focus where the user goes on, whenever `key` changes: only after an
 * action in the panel, and never away from another part of the application or
 * from a field of the same form that is being typed in.
 *
 * @param find - the element that gets the focus, `null` for none
 * @param key - what has to change
 */
export function useFocusOn(find: () => HTMLElement | null, key: unknown): void {
  const controller = useController();
  useEffect(() => {
    const element = find();
    const { activeElement } = document;
    const isFree =
      !activeElement ||
      activeElement === document.body ||
      element?.closest('.kfp-Panel')?.contains(activeElement);
    // Typing takes a refusal away: who types stays in the field.
    const isTyping =
      !controller.problem &&
      activeElement?.matches('input') &&
      element?.closest('form')?.contains(activeElement);
    if (controller.hasActed && isFree && !isTyping) {
      element?.focus({ preventScroll: true });
    }
    // Where to goes with what changed.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [key]);
}

/**
 * Move the focus to the field that a waiting cell calls, wherever it is.
 *
 * @param find - the field, `null` while it cannot be used
 * @param key - what changes when it can
 */
export function useSummons(
  find: () => HTMLElement | null,
  key: unknown = null
): void {
  const { summons } = useController();
  const { count, isPending } = summons;
  useEffect(() => {
    const element = isPending ? find() : null;
    if (element) {
      summons.answer();
      element.focus();
    }
    // A call is answered once.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [count, isPending, key]);
}

/**
 * What was typed in a form, and how to keep more.
 *
 * @param key - the connection's id, empty for a new one
 */
export function useDraft(
  key: string
): [Readonly<IDraft>, (patch: IDraft) => void] {
  const controller = useController();
  return [controller.draft(key), patch => controller.type(key, patch)];
}
