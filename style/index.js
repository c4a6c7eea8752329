/*
 * What a style sheet says in comments goes to every browser, so what each is for
 * stands here:
 *
 * - panel.css: the panel's frame, head and sections
 *   - .kfp-Hidden is for screen readers alone
 *   - .kfp-Waiting is a cell that waits for the form below
 * - picker.css: the choice of a connection, and of a namespace
 *   - .kfp-mod-plain is a choice that reads like text
 * - ladder.css: the four rungs on a line
 *   - .kfp-Fix is what a rung that does not hold opens on
 * - forms.css: fields and buttons
 * - items.css: lines of a list, the status item and the toolbar's chip
 *   - .kfp-mod-armed is ready, and not made yet
 */
import './base.css';
