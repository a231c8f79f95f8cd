// Who may talk to whom: everybody to the proxy's front, and otherwise only hub, proxy and servers to each other.
local policy(part, ingress, egress=null) = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: part.meta(),
  spec: {
    podSelector: { matchLabels: part.selector },
    policyTypes: ['Ingress'] + (if egress == null then [] else ['Egress']),
    ingress: ingress,
    [if egress != null then 'egress']: egress,
  },
};
local from(parts, port) = {
  from: [{ podSelector: { matchLabels: part.selector } } for part in parts],
  ports: [{ port: port, protocol: 'TCP' }],
};

{
  policies(hub, proxy, notebook):: [
    policy(hub, [from([proxy, notebook], 8081)]),
    policy(proxy, [{ ports: [{ port: 8000, protocol: 'TCP' }] }, from([hub], 8001)]),
    policy(
      notebook,
      [from([hub, proxy], 8888)],
      egress=[
        { to: [{ namespaceSelector: {} }] },
        // On clouds this address hands out the node's credentials.
        { to: [{ ipBlock: { cidr: '0.0.0.0/0', except: ['169.254.169.254/32'] } }, { ipBlock: { cidr: '::/0' } }] },
      ],
    ),
  ],
}
