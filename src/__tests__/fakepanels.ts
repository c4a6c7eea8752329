import type { NotebookPanel } from '@jupyterlab/notebook';
import type { Kernel } from '@jupyterlab/services';
import { Signal } from '@lumino/signaling';
import { Title, type Widget } from '@lumino/widgets';

/** A kernel that answers to what the panel asks of it. */
export class FakeKernel {
  constructor(
    public id = 'kernel-1',
    public language = 'python'
  ) {}

  requests: any[] = [];
  expressions: { [name: string]: unknown } = {
    armed: text('{"state": "armed", "variable": "kfp_client"}'),
    python: text('/opt/env/bin/python'),
    version: text('3.12.1')
  };
  answer: () => Promise<void> = async () => undefined;

  get info(): Promise<any> {
    return Promise.resolve({ language_info: { name: this.language } });
  }

  requestExecute(content: any, disposeOnDone: boolean): any {
    this.requests.push(content);
    const done = this.answer().then(() => ({
      content: { status: 'ok', user_expressions: this.expressions }
    }));
    return { done };
  }
}

/** The value of an expression that is a Python text. */
export function text(value: string): unknown {
  return { status: 'ok', data: { 'text/plain': `'${value}'` } };
}

/** An open notebook. */
export class FakePanel {
  constructor(
    label = 'train.ipynb',
    public kernel: FakeKernel | null = new FakeKernel()
  ) {
    this.id = label;
    this.title = new Title<Widget>({ owner: null as any, label });
  }

  readonly id: string;
  readonly title: Title<Widget>;
  readonly disposed = new Signal<this, void>(this);
  readonly inserted: any[] = [];
  readonly content = {
    activeCellIndex: 0,
    activate: jest.fn(),
    model: {
      sharedModel: {
        insertCell: (index: number, cell: any) =>
          this.inserted.push({ index, ...cell })
      }
    }
  };
  readonly sessionContext = this._session();

  /** As the application has it. */
  get asPanel(): NotebookPanel {
    return this as unknown as NotebookPanel;
  }

  /** Tell of a new state of the kernel. */
  status(...statuses: Kernel.Status[]): void {
    for (const status of statuses) {
      this.sessionContext.statusChanged.emit(status);
    }
  }

  private _session() {
    const panel = () => this.kernel;
    return {
      ready: Promise.resolve(),
      kernelChanged: new Signal<any, any>(this),
      statusChanged: new Signal<any, Kernel.Status>(this),
      connectionStatusChanged: new Signal<any, Kernel.ConnectionStatus>(this),
      get session() {
        const kernel = panel();
        return kernel && { kernel };
      }
    };
  }
}

/** The open notebooks. */
export class FakeTracker {
  constructor(...panels: FakePanel[]) {
    this.panels = panels;
    this.currentWidget = panels[0] ?? null;
  }

  panels: FakePanel[];
  currentWidget: FakePanel | null;
  readonly widgetAdded = new Signal<this, FakePanel>(this);
  readonly currentChanged = new Signal<this, FakePanel | null>(this);

  forEach(each: (panel: any) => void): void {
    this.panels.forEach(each);
  }

  has(panel: any): boolean {
    return this.panels.includes(panel);
  }

  /** Open a notebook. */
  add(panel: FakePanel): void {
    this.panels.push(panel);
    this.currentWidget = panel;
    this.widgetAdded.emit(panel);
    this.currentChanged.emit(panel);
  }
}
