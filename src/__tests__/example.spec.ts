import { CommandRegistry } from '@lumino/commands';
import { connected } from './answers';
import example from './example';
import { FakePanel, setUp } from './fakes';

describe('another extension', () => {
  it('puts a client in a notebook by way of the token', async () => {
    const panel = new FakePanel();
    const { server, events, model } = setUp(panel);
    server.put(connected({ name: 'prod', namespace: 'team-a' }));
    const app: any = { commands: new CommandRegistry() };
    example.activate(app, model);
    expect(app.commands.isEnabled('my-extension:train')).toBe(false);
    const changed = jest.fn();
    app.commands.commandChanged.connect(changed);
    expect(await app.commands.execute('my-extension:train')).toBe(
      'kfp_client is ready in train.ipynb'
    );
    expect(app.commands.label('my-extension:train')).toBe('Train in team-a');
    expect(panel.kernel?.requests[0].user_expressions.armed).toContain(
      '"prod"'
    );
    events.emit();
    expect(changed).toHaveBeenCalled();
  });

  it('does without, where this one is not installed', () => {
    const app: any = { commands: new CommandRegistry() };
    example.activate(app, null);
    expect(app.commands.listCommands()).toEqual([]);
  });
});
