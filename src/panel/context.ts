import { createContext, useContext, useEffect, useReducer } from 'react';
import type { IDraft, PanelController } from './controller';

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
    controller.changed.connect(redraw);
    model.changed.connect(redraw);
    model.notebooks.changed.connect(redraw);
    return () => {
      controller.changed.disconnect(redraw);
      model.changed.disconnect(redraw);
      model.notebooks.changed.disconnect(redraw);
    };
  }, [controller]);
  return controller;
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
