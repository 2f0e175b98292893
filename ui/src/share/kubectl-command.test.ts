import { describe, expect, test } from 'vitest';
import { kubectlCommand, kubectlListCommand } from './kubectl-command.ts';

describe('kubectlCommand', () => {
  test('finds the events of the same object and reason', () => {
    const object = { kind: 'Pod', namespace: 'shop', name: 'web-0', uid: 'u' };
    expect(kubectlCommand({ namespace: 'shop', object, reason: 'BackOff' })).toBe(
      'kubectl get events -n shop --field-selector involvedObject.name=web-0,reason=BackOff',
    );
    expect(kubectlCommand({ namespace: 'shop', object: { ...object, name: "a,b=c'" }, reason: 'x' })).toBe(
      String.raw`kubectl get events -n shop --field-selector 'involvedObject.name=a\,b\=c'\'',reason=x'`,
    );
  });
});

describe('kubectlListCommand', () => {
  const command = (q: string, ns = '') => kubectlListCommand({ q, ns });

  test('says with selectors what they can say', () => {
    expect(command('')).toBe('kubectl get events -A');
    expect(command('', 'shop')).toBe('kubectl get events -n shop');
    expect(command('ns:shop reason:BackOff -type:Normal -kind:Job,CronJob reason:')).toBe(
      "kubectl get events -n shop --field-selector 'reason=BackOff,type!=Normal,involvedObject.kind!=Job,involvedObject.kind!=CronJob'",
    );
    expect(command('pod:web-0')).toBe(
      'kubectl get events -A --field-selector involvedObject.kind=Pod,involvedObject.name=web-0',
    );
  });

  test('says nothing rather than something else', () => {
    const others = ['reason:BackOff,Failed', 'name:web-*', '"timed out"', 'severity:critical', '=event.count > 3'];
    const namespaces = ['ns:shop,payments', '-ns:shop', 'ns:sh*'];
    for (const q of [...others, ...namespaces, 'reason:A reason:B', '-pod:web-0']) expect(command(q)).toBeUndefined();
    expect(command('ns:shop', 'payments')).toBeUndefined();
  });
});
