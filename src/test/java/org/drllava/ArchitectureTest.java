package org.drllava;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaFieldAccess;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.drllava.bindings.libtorch.LibTorchFiles;
import org.drllava.bindings.libtorch.LibTorchLocation;
import org.drllava.bindings.libtorch.LibTorchProbe;
import org.drllava.session.Pictures;
import org.drllava.tensor.Tensor;
import org.drllava.tensor.Tensors;
import org.junit.jupiter.api.Test;

/** Data goes one way through the packages, and native code has one door. */
class ArchitectureTest {
    private static final String ROOT = "org.drllava";

    /** A package uses those before it and none behind it. */
    private static final List<String> ORDER = List.of("bindings", "common", "distributed", "tensor", "checkpoint", "text", "image", "clinical",
            "model", "rollout", "dataset", "sft", "ppo", "evaluate", "session", "report", "verify", "pretrain", "demo", "bench", "cli");

    private static final JavaClasses CLASSES = new ClassFileImporter().withImportOption(new ImportOption.DoNotIncludeTests()).importPackages(ROOT);

    @Test
    void everyPackageHasItsPlaceInTheOrder() {
        Set<String> packages = CLASSES.stream().map(ArchitectureTest::feature).collect(Collectors.toSet());
        assertThat(packages).hasSizeGreaterThan(10);
        assertThat(ORDER).containsAll(packages).doesNotHaveDuplicates();
    }

    @Test
    void noPackageUsesALaterOne() {
        for (String name : ORDER) {
            List<String> later = ORDER.subList(ORDER.indexOf(name) + 1, ORDER.size());
            if (!later.isEmpty()) {
                noClasses().that().resideInAPackage(ROOT + "." + name + "..").should().dependOnClassesThat()
                        .resideInAnyPackage(later.stream().map(other -> ROOT + "." + other + "..").toArray(String[]::new))
                        .because("data goes one way: " + String.join(", ", ORDER)).allowEmptyShould(true).check(CLASSES);
            }
        }
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching(ROOT + ".(**)").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void onlyBindingsLinkNativeCode() {
        noClasses().that().resideOutsideOfPackage(ROOT + ".bindings..").should().dependOnClassesThat().areAssignableTo(Linker.class).check(CLASSES);
        // The doctor hands a lookup from one probe to the next.
        noClasses().that().resideOutsideOfPackages(ROOT + ".bindings..", ROOT + ".cli..").should()
                .dependOnClassesThat().areAssignableTo(SymbolLookup.class).check(CLASSES);
    }

    @Test
    void onlyTensorsUseTheLibtorchBindings() {
        classes().that().resideInAPackage(ROOT + ".bindings.libtorch..")
                .and(describe("find and open libtorch, which the command line may do too",
                        c -> !c.isEquivalentTo(LibTorchFiles.class) && !c.isEquivalentTo(LibTorchLocation.class) && !c.isEquivalentTo(LibTorchProbe.class)))
                .should().onlyBeAccessed().byAnyPackage(ROOT + ".bindings..", ROOT + ".tensor..").check(CLASSES);
        classes().that().belongToAnyOf(LibTorchFiles.class, LibTorchProbe.class)
                .should().onlyBeAccessed().byAnyPackage(ROOT + ".bindings..", ROOT + ".tensor..", ROOT + ".cli..").check(CLASSES);
    }

    /**
     * Arrays and tensors meet where {@code HeapCopies} counts; elsewhere, what passes are files, pictures and words between ranks.
     */
    @Test
    void arraysAndNativeMemoryMeetInFewPlaces() {
        noClasses().that().resideOutsideOfPackages(ROOT + ".bindings..", ROOT + ".distributed..", ROOT + ".checkpoint..")
                .and().doNotBelongToAnyOf(Tensor.class, Tensors.class, Pictures.class).and().haveSimpleNameNotStartingWith("PreprocessCommand")
                .should().callMethodWhere(describe("memory is copied to or from an array", (JavaMethodCall call) ->
                        call.getTargetOwner().isEquivalentTo(MemorySegment.class) && Set.of("copy", "toArray", "ofArray").contains(call.getName())))
                .check(CLASSES);
    }

    @Test
    void onlyTheCommandLineWritesToStandardOutput() {
        noClasses().should().dependOnClassesThat(resideInAPackage("java.util.logging..")).check(CLASSES);
        noClasses().that(resideOutsideOfPackage(ROOT + ".cli..")).should().accessFieldWhere(
                describe("System.out is read", (JavaFieldAccess access) -> access.getTarget().getOwner().isEquivalentTo(System.class)
                        && access.getTarget().getName().equals("out"))).check(CLASSES);
        noClasses().that(resideOutsideOfPackage(ROOT + ".cli..")).and().areNotAssignableTo(org.drllava.common.Progress.class)
                .should().accessFieldWhere(describe("System.err is read", (JavaFieldAccess access) ->
                        access.getTarget().getOwner().isEquivalentTo(System.class) && access.getTarget().getName().equals("err"))).check(CLASSES);
    }

    /** The package right below the root. */
    private static String feature(JavaClass type) {
        return type.getPackageName().substring(ROOT.length() + 1).split("\\.")[0];
    }
}
