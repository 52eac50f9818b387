package io.cipherstream.fpga.cluster

import io.cipherstream.fpga.CoreSet
import io.cipherstream.core.{CoreLayout, CoreOpcode}
import org.scalatest.flatspec.AnyFlatSpec

class CoreSetSpec extends AnyFlatSpec {

  private def java(name: String): Int = classOf[CoreLayout].getDeclaredField(name).get(null).asInstanceOf[Number].intValue

  "The hardware's operations" should "be those of the host" in {
    assert(CoreSet.operations.map(o => o.name -> o.code) == CoreOpcode.values.map(o => o.name -> o.code).toSeq)
    for ((name, field) <- CoreSet.fields) assert(field.offset == java(name.toUpperCase.replace('-', '_')), name)
    for ((name, bit) <- CoreSet.flags) assert(1 << bit == java(s"FLAG_$name"), name)
    assert(
      (CoreSet.opBytes, CoreSet.termBytes, CoreSet.clustersMax, CoreSet.slotsMax, CoreSet.termsMax, CoreSet.sumTermsMax, CoreSet.tags, CoreSet.slotNone) ==
        (java("OP_BYTES"), java("TERM_BYTES"), java("CLUSTERS_MAX"), java("SLOTS_MAX"), java("TERMS_MAX"), java("SUM_TERMS_MAX"), java("TAGS"), java("SLOT_NONE"))
    )
  }
}
