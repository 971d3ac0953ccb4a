/// Pages of the web: what encoding they are in, and which of their text is what the page is about.
@NullMarked
package dev.athanor.data.html;

import org.jspecify.annotations.NullMarked;
