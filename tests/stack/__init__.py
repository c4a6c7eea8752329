"""The real front door of a Kubeflow platform, on loopback: Dex, oauth2-proxy and a gateway."""
