import { LabIcon } from '@jupyterlab/ui-components';

/**
 * Three steps of a pipeline.
 */
export const kfpIcon = new LabIcon({
  name: 'jupyter-kfp-connect:pipeline',
  svgstr: `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24">
  <g class="jp-icon3" fill="none" stroke="#616161" stroke-width="2">
    <path d="M8.6 7h2.9c2 0 2 5 4 5M8.6 17h2.9c2 0 2-5 4-5"/>
  </g>
  <g class="jp-icon3" fill="#616161">
    <circle cx="5.5" cy="7" r="3.2"/>
    <circle cx="5.5" cy="17" r="3.2"/>
    <circle cx="18.5" cy="12" r="3.2"/>
  </g>
</svg>`
});

/**
 * A closed lock, for what the administrator keeps.
 */
export const lockIcon = new LabIcon({
  name: 'jupyter-kfp-connect:lock',
  svgstr: `<svg xmlns="http://www.w3.org/2000/svg" width="14" viewBox="0 0 24 24">
  <path class="jp-icon3" fill="none" stroke="#616161" stroke-width="2.4" d="M8 10V7.5a4 4 0 0 1 8 0V10"/>
  <rect class="jp-icon3" fill="#616161" x="5" y="10" width="14" height="10.5" rx="2"/>
</svg>`
});
