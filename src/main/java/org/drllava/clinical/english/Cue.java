package org.drllava.clinical.english;

import java.util.List;

/**
 * Phrases that say how the things near them are meant, after NegEx (Chapman et al. 2001) and ConText (Harkema et al. 2009). At a
 * word the longest one counts.
 */
enum Cue {
    /** Denies what follows in its clause. */
    DENIES_AHEAD("""
            not what .. would|could|might|can|may call
            under no circumstances
            in vain for
            lose|loses|lost|losing
            deviate|deviates|deviating|differ|differs|different|depart|departs from
            waste|naive|foolish|bold|rash|optimistic|generous|lie|stretch|exaggeration|wrong|unjustified|unreasonable|unnecessary|unfair|misleading|absurd|exaggerated|inappropriate|incorrect to
            hesitate|hesitates|hesitant|reluctant|loath|loth to call|say|describe|label|consider|name|diagnose|speak
            no|not|without .. reason|reasons|grounds|cause|basis to call|say|diagnose|suspect|think|assume|believe|consider|speak|expect
            mistake|error to
            surprised|astonished|amazed if
            hard|difficult|impossible to see|find|detect anything|any
            no
            none
            none of
            nor
            neither
            nothing
            nobody
            lack|lacks|lacked
            devoid of
            free of|from
            clear of
            deny|denies|denied|denying
            negative for
            fail|fails|failed|failing to
            failure to
            far from
            anything|everything but
            the less
            short of
            against
            rule|rules|ruling out
            excludes|excluding
            exclude
            refutes|refute|contradicts|contradict
            hardly
            barely
            scarcely
            few|fewer
            little
            less likely
            insufficient for|to|evidence
            inconsistent|incompatible with
            no longer
            by no means
            in no way
            outnumber*
            with only a few|occasional|scattered|single
            less|fewer than
            """),
    /** Denies what follows up to a verb: "rather than single cells we see a clot". */
    DENIES_PHRASE("""
            in contrast with|to
            lack of
            absence of
            without
            rather than
            instead of
            in place of
            as opposed to
            as against
            unlike
            contrary to
            where i|we|one|you would|might .. expect
            what looks|look|looked|appears|appear|seems|seem like|as|to
            """),
    /** A verb's "not": denies what follows, or what stands before where nothing follows ("blasts are not increased"). */
    NOT("""
            not
            never
            cannot
            """),
    /** Denies only what follows at once: "non-malignant". */
    PREFIX("""
            non
            """),
    /** Denies what stands before in its clause, or else what follows: "leukaemia is absent", "absent blasts". */
    DENIES("""
            absent
            excluded
            unlikely
            unlikely to
            improbable
            doubtful
            missing
            lacking
            negative
            nil
            nowhere
            ruled out
            discounted|dismissed|refuted|disproved
            out of the question
            nonexistent
            undetectable
            can|could be excluded|dismissed|discounted|disregarded
            can|could be ruled out
            can|could .. be excluded|dismissed|discounted|disregarded
            can|could .. be ruled out
            no|not longer seen|visible|present|there|detectable|evident|apparent|found|identified|appreciated|recognisable|recognizable|demonstrable
            <=5%
            not|never seen|found|present|identified|detected|evident|visible|observed|noted|likely|possible|probable|supported|apparent|appreciated|demonstrated|recognised|recognized|discernible|there|conspicuous|suspected|favoured|favored
            not be seen|found|identified|detected|observed|appreciated|demonstrated|recognised|recognized
            cannot be seen|found|identified|detected|observed|appreciated|demonstrated|recognised|recognized
            """),
    /** Denies what stands before. */
    DENIES_BEHIND("""
            for nothing
            was|were not confirmed|substantiated|borne
            off the table
            would be|look|have less|more|better|clearer|sharper|darker|brighter|smaller
            would look|be|appear|seem different|otherwise
            is|are|was|were|be few|rare|scarce|scanty|sparse|infrequent|negligible
            effaced|obliterated|destroyed
            has|have|had gone|resolved|disappeared|vanished|cleared|subsided
            would|will be .. wrong|mistake|error|waste|misleading|inappropriate|overkill|nonsense $
            would|will be .. wrong|inappropriate word|term|diagnosis|label
            in vain
            is|are gone
            is|are out $
            turned|turns out to be
            but is|are|was|were|does|do not $
            is|are|was|were lost|disturbed|disrupted
            has|have|was|were|is|are been replaced|displaced|supplanted|crowded|lost
            is|are|was|were replaced|displaced|supplanted
            looks|look|appears|appear different
            free
            outnumbered by
            not the case
            no $
            none $
            """),
    /** Leaves open what follows: neither said nor denied. */
    OPENS_AHEAD("""
            cannot|not|never exclude|dismiss|discount
            cannot|not|never rule out
            cannot .. exclude|dismiss|discount
            cannot .. rule out
            without excluding
            not necessarily
            neither|not confirm nor|or deny|exclude|refute|dismiss
            neither|not confirm nor|or rule out
            neither|not exclude|deny|dismiss nor|or confirm|prove|establish
            not excluding
            not convinced|sure|certain
            may|might|could or may|might|could not
            cannot be sure|certain
            """),
    /** Leaves open what stands before, or else what follows. */
    OPENS("""
            may|might|could|can .. be missed|overlooked|hidden|masked|concealed
            cannot|not be excluded|dismissed|discounted|confirmed|ignored
            cannot|not be ruled out
            neither confirmed|established|proven nor|or excluded|refuted|disproved|dismissed
            neither excluded|refuted|dismissed nor|or confirmed|established|proven
            neither confirmed nor ruled out
            neither be confirmed|established|proven nor|or excluded|refuted|disproved|dismissed
            neither be confirmed nor ruled out
            neither .. diagnosed|made|demonstrated|shown|proved nor|or excluded|refuted|disproved|dismissed|ruled
            confirmed|proven|proved|established|diagnosed or|nor excluded|refuted|dismissed|ruled
            excluded|refuted|dismissed or|nor confirmed|proven|established|diagnosed
            might|may not $
            cannot|not be .. excluded|dismissed|discounted|confirmed
            cannot|not be .. ruled out
            not excluded|dismissed|discounted|confirmed
            not ruled out
            not been excluded|dismissed|discounted|confirmed
            not been ruled out
            not proven|proved|established
            possible|conceivable but not proven|proved|established|confirmed|certain
            not yet excluded|dismissed|discounted|confirmed
            """),
    /** What follows is asked, supposed or looked for, not said. */
    ASKS("""
            compared|comparison|relative with|to
            as in a|an
            look|looks|looked|looking|search|searches|searched|searching|hunt|hunted|checked for
            like|liked|love|wish|wished|want|wanted to say|answer|reply|call
            wish i|we could say|call|report|state
            would|might anticipate|fear|hope|predict|assume
            might expect
            would have expected|anticipated|feared|hoped|predicted|assumed
            preclude|precludes|prevent|prevents|hinder|hinders|hamper|hampers|impede|impedes|prohibit|prohibits
            abstain|abstains|refrain|refrains|refraining from
            whether
            if
            you|they ask*
            you|they ask|asked about|which|what|who|how|whether|if
            ask|asks|asked|asking about|which|what|who|how|whether|if
            tempted to
            unsafe|premature|risky|unwise to
            to tell|distinguish|differentiate
            question of
            to exclude|confirm|refute|diagnose|establish|evaluate|assess|detect
            to rule out
            too poor|few|dark|blurred|blurry|small|thick|thin|little|low|noisy|unclear|limited|faint|short to|for
            as to
            """),
    /** Denies a word that a pattern wants denied, where it follows at once ("hard to <i>say</i>", "unable to reach a <i>conclusion</i>"); else what follows is asked. */
    UNABLE("""
            unable to
            hard|difficult|impossible|challenging|tricky|tough|problematic|infeasible|unfeasible to
            not possible|feasible|practicable|easy to
            no way to
            """),
    /** What stands before is asked: "normal or not". */
    ASKS_BEHIND("""
            or not
            or it|they is|are|was|were|does|do not
            """),
    /** What stands on either side is supposed: "an abnormal film would show opacities". */
    SUPPOSES("""
            would affect|involve|cause|produce|give|appear|feature
            if there|it were|was|is|are $
            if there were|was|is|are any|one|some $
            would be|have a|an|the .. if
            would show|display|demonstrate|reveal|expect|contain|look|let
            would have shown|displayed|demonstrated|revealed|expected|contained|looked
            would be expected
            """),
    /** Says which of two things would differ: "COVID would be bilateral" is supposed, "my diagnosis would be COVID" is said. */
    WOULD_BE("""
            would be|have
            would also|typically|usually|normally|rather be|have|show
            """),
    /** Supposes what is not, and so denies it: "were it COVID, both lungs would be hazy". */
    IMAGINES("""
            if it|this|that|there|they|these|those were
            if the .. were
            if only .. .. were|was|had
            were it|this|that|there|these|they|he|she|the
            had it|this|that|there|they been
            """),
    /** What the clause says gives way to what the rest of the sentence says: "although he met a COVID-19 case, the film shows pneumonia". */
    GIVES_WAY("""
            although|though|while|whilst|whereas
            even though
            despite
            in spite of
            notwithstanding
            """),
    /** What follows is meant as the mention before: "blasts are absent, and so are plasma cells". */
    ECHOES("""
            the same holds|goes|applies
            same is true
            so is|are|was|were|does|do|did|has|can|could|may|might|will|would|should|must
            as is|are|was|were|does|do|did|has|have
            likewise
            """),
    /** What follows loses a comparison: "more blasts <i>than</i> plasma cells". */
    COMPARES("""
            than
            over
            """),
    /** Weakens what it stands with, which still counts. */
    HEDGES("""
            likely|probable|probably|presum*|suspect*|suggest*|suspicious|suspicion|apparently
            consistent|compatible with
            in keeping with
            favour*|favor*
            appear*|seem*
            i think|believe|guess|feel
            concerning|worrisome for
            tentativ*
            """),
    /** Weakens what it stands with so far that it gives way to "I cannot tell". */
    MAYBE("""
            possible|possibly|perhaps|maybe|may|might|could|conceivable|conceivably|plausible|imaginable|thinkable
            """),
    /** Holds words of another cue and means nothing of the kind. */
    MEANS_NOTHING("""
            no departure|deviation|difference from
            no|not|never|nothing|cannot|nor|hardly|without .. .. .. anything|something but
            no|not|never|cannot .. .. reason|cause|need|grounds .. not to
            not|never hesitate|reluctant|hesitant to call|say|describe|label|consider|name|diagnose|speak
            cannot|not .. overlook|miss|deny|ignore
            cannot|not be overlooked|missed|denied
            hard|difficult|impossible not to
            no lead|leads|cell|field|lobe|zone|patient without
            nobody would|could|can|will overlook|miss|ignore|deny|doubt
            hard|difficult|impossible to miss|overlook|ignore|deny
            not|never .. deviate|differ|depart|different from
            not|never leave|leaves|left|lose|loses|lost
            not|no .. wrong|mistake|error to
            no|without|little|any doubt|question
            without a|any doubt|question
            beyond .. doubt
            not|cannot doubt
            not|no .. in doubt
            no mistake|mistaking|denying
            not .. surprised|astonished|amazed if
            cannot|not be denied|doubted
            a few
            no|none|nothing other than
            nothing but|except
            hardly|scarcely|barely|little anything|something|else but|except|than
            nothing short of
            no less|fewer than
            not less|fewer than
            not to mention
            cannot be anything but
            cannot be anything|something other than
            not|never|cannot .. absent|lacking|missing|unlikely|improbable|negative
            not|never|cannot without
            not|never|cannot be|is|are|do|quite|entirely|wholly without
            not|never|cannot .. free of|from
            not|never|cannot lack|lacks
            no lack|absence|shortage of
            no|not longer in doubt
            if anything|not
            even if
            as if
            possible to
            little else
            """),
    /** What follows is said, but gives way to what another sentence says: "it is not just blood". */
    NOT_ALONE("""
            not only|just|merely|simply|solely
            more than just
            """),
    /** What stands before gives way to the exception that the sentence names: "normal <i>except</i> for a consolidation". */
    EXCEPTS("""
            except|save|apart|aside
            except|save|apart|aside for|from|in|that
            with the exception of
            """),
    /** What its clause says may be taken back later. */
    AT_FIRST("""
            initially|originally
            differential .. .. included|includes|contained|contains
            at first
            could|might|may|would think|speak of
            first impression|glance|sight|thought|look
            mistaken|confused for|with
            mimic*
            made|makes me|us think|consider|suspect|wonder
            considered|entertained|contemplated|debated
            on|in my|our mind
            thought about|of
            """),
    /** What follows is held by somebody else, and is neither said nor denied until the text agrees or disagrees. */
    OTHERS_HOLD("""
            doctor|doctors|clinician|clinicians|physician|physicians|colleague|colleagues|referrer|cardiologist|radiologist|pathologist|haematologist|hematologist|machine|printout|software|computer|you believe|believes|believed|think|thinks|thought|suspect|suspects|suspected|assume|assumes|assumed|expect|expects|expected|say|says|said|claim|claims|claimed|call|calls|called|report|reports|reported|suggest|suggests|suggested|propose|proposes|proposed|favour|favours|favoured|favor|favors|favored|consider|considers|considered|presume|presumes|presumed|state|states|stated|fear|fears|feared|diagnose|diagnoses|diagnosed|mention|mentions|mentioned
            doctor|doctors|clinician|clinicians|physician|physicians|colleague|colleagues|referrer|cardiologist|radiologist|pathologist|haematologist|hematologist|machine|printout|software|computer|you would|may|might|probably|also|who|here|seems|to|rather believe|believes|believed|think|thinks|thought|suspect|suspects|suspected|assume|assumes|assumed|expect|expects|expected|say|says|said|claim|claims|claimed|call|calls|called|report|reports|reported|suggest|suggests|suggested|propose|proposes|proposed|favour|favours|favoured|favor|favors|favored|consider|considers|considered|presume|presumes|presumed|state|states|stated|fear|fears|feared|diagnose|diagnoses|diagnosed|mention|mentions|mentioned
            doctor|clinician|physician|colleague would|wants
            doctor|clinician|physician|colleague is|was worried|afraid|convinced|sure|certain|concerned
            doctor|doctors|clinician|clinicians|physician|physicians|colleague|colleagues|referrer|cardiologist|radiologist|pathologist|haematologist|hematologist|machine|printout|software|computer describe|describes|described|see|sees|saw|find|finds|found|note|notes|noted|read|reads
            doctor|clinician|physician|colleague|you|they|he|she speak|speaks|spoke|talk|talks of|about
            who believe|believes|believed|think|thinks|thought|suspect|suspects|suspected|assume|assumes|assumed|claim|claims|claimed|say|says|said
            they|he|she|others|some|somebody|someone believe|believes|believed|think|thinks|thought|suspect|suspects|suspected|assume|assumes|assumed|claim|claims|claimed|say|says|said
            doctor|clinician|physician|colleague|referrer|your|their|his|her .. diagnosis|opinion|belief|suspicion|assumption|claim|view|impression|statement|idea|reading
            i|we was|were|am|are told
            it is|was said|claimed|believed|thought|assumed|rumoured|rumored that
            said|supposed|thought|believed|claimed to be
            according to the|his|her|your|their .. doctor|clinician|physician|colleague|request|referral|report|letter
            request|referral|requisition form|letter|note says|states|mentions|asks
            """),
    /** Agrees with what somebody else holds. */
    AGREES("""
            agree|agrees|concur|concurs
            so do i|we
            share this|that|the|your|his|her|their .. view|opinion|suspicion|belief|impression
            can|could confirm this|that|it
            is|are|was|were right|correct|justified|confirmed $
            rightly so
            """),
    /** Disagrees with what somebody else holds; else denies what follows or stands before. */
    DISAGREES("""
            disagree|disagrees|disagreed
            not|cannot|never agree|concur|confirm|share|support|follow
            unfounded|unsubstantiated|groundless|baseless|unjustified
            is|are|was|were|be wrong|incorrect|mistaken|erroneous|false|untrue
            i|we would|do|did|am|are not $
            """),
    /** Says of something named before that it is there. */
    AFFIRMS("""
            do see|find it|that|this|them|one|some
            i think so
            now there|it is|are
            of course|indeed $
            """),
    /** Says of something named before that it is not there. */
    NEGATES("""
            not|cannot see|find|detect|confirm it|this|them
            not|cannot see|find|detect|confirm any|one|that $
            which|that i|we not|cannot see|find|confirm|detect
            no|not .. evidence|sign|signs|trace|hint|indication of|for it|this|that|these|them|such
            nothing to suggest|support|indicate|prove it|this|that|these|them
            now it|they has|have|is|are gone|disappeared|resolved|vanished|cleared
            definitely|certainly|absolutely|clearly|surely|of not $
            course not $
            not really $
            not at all $
            by no means $
            far from it $
            not think|believe so
            i think not $
            not today|now|anymore|any
            """),
    /** Explains what it holds as something else: "the <i>suspected</i> opacity <i>is just a</i> rib". */
    EXPLAINS_AWAY("""
            look|looked|search|searched for .. .. in vain
            suspected|apparent|alleged|seeming|supposed|presumed .. turned|turns out
            suspected|apparent|alleged|seeming|supposed|presumed .. proved|proves|proven to
            suspected|apparent|alleged|seeming|supposed|presumed .. is|are|was|were just|only|merely|simply|actually|really
            what .. call|calls|called|reads|takes .. is|are|was|were
            """),
    /** What stands with it in its clause was so once. */
    ONCE("""
            yesterday|formerly
            once there|it|this was|were
            previous|first|last|other|earlier|former|prior slide|film|smear|sample|specimen|image|picture|one|tracing|ecg|radiograph was|were|had|showed|looked
            last week|month|year
            in the past
            on|in the earlier|previous|prior|old|last film|radiograph|ecg|tracing|smear|examination
            """),
    /** What was said before is taken back where something else follows. */
    CORRECTS("""
            on .. review|reflection|inspection|examination|viewing|look
            on second thought|thoughts
            after .. review|reflection|inspection|examination
            closer|further|careful review|inspection|examination|look
            actually
            in fact|reality|truth
            correction
            i mean|meant
            or rather
            scratch that
            make that
            hence|therefore|thus
            so this|it|there|i|we|the
            in conclusion|summary|short
            to conclude
            all in all
            overall
            """);

    private final List<Phrase> phrases;

    Cue(String phrases) {
        this.phrases = phrases.lines().map(Phrase::of).toList();
    }

    List<Phrase> phrases() {
        return phrases;
    }
}
