/**
 * Generated JNI classes of the client's shim, and the configuration of their generator. Everything
 * here is internal to the module: nothing is checked, and pointers are not owned.
 */
package io.cipherstream.seal.client.jni;
