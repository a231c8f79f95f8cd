// The proxy in front of the hub and of everybody's server. The hub tells it the routes.
local kf = import 'kfctl.libsonnet';

{
  deployment(p, part, hubUrl, tokenRef)::
    local health = { httpGet: { path: '/_chp_healthz', port: 'http' } };
    kf.deployment(
      part,
      {
        automountServiceAccountToken: false,
        enableServiceLinks: false,
        terminationGracePeriodSeconds: 60,
        securityContext: { runAsUser: 65534, runAsGroup: 65534 },
        containers: [{
          name: 'proxy',
          image: p.string('proxyImage'),
          command: [
            'configurable-http-proxy',
            '--ip=',
            '--port=8000',
            '--api-ip=',
            '--api-port=8001',
            '--default-target=' + hubUrl,
            '--error-target=%s/hub/error' % hubUrl,
          ],
          env: [{ name: 'CONFIGPROXY_AUTH_TOKEN', valueFrom: { secretKeyRef: tokenRef } }],
          ports: [{ name: 'http', containerPort: 8000 }, { name: 'api', containerPort: 8001 }],
          readinessProbe: health { periodSeconds: 5, timeoutSeconds: 3 },
          livenessProbe: health { initialDelaySeconds: 60, periodSeconds: 10, timeoutSeconds: 3 },
          resources: { requests: { cpu: '50m', memory: '64Mi' }, limits: { memory: '512Mi' } },
          securityContext: kf.restricted,
        }],
      },
      // Routes live in the proxy's memory, so there can be only one.
      strategy={ type: 'Recreate' },
    ),
}
