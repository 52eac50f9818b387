/**
 * The appliance's configuration: built-in defaults, a YAML or JSON file, environment, flags. Every
 * limit has a name, a unit and a documented default here.
 */
@NullMarked
package io.cipherstream.server.config;

import org.jspecify.annotations.NullMarked;
