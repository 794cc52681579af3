import type { Words } from './rules-words';

export const KOREAN: Words = {
  decision: ({ tier, raising, lowering }) => {
    const up = raising.length === 0 ? '높이는 요소가 없습니다' : `${raising.join(', ')} 항목이 등급을 높입니다`;
    const down = lowering.length === 0 ? '' : `; ${lowering.join(', ')} 항목이 낮춥니다`;
    return `초기 등급 ${tier}: ${up}${down}.`;
  },
  domains: (domains) => `분야: ${domains.join(', ')}.`,
  feedback: (count) => `반영한 의견 ${count}건.`,
  agents: { SECURITY: '보안', LEGAL: '법무', FINANCE: '재무', OPS: '운영', REPUTATION: '평판' },
  findings: (agent, risks) =>
    risks.length === 0
      ? [`${agent} 검토: `, '지적 사항이 없습니다.']
      : [`${agent} 검토에서 ${risks.length}건: `, `${risks.join(', ')}.`],
  risks: {
    SECURITY_EXPOSURE: { name: '시스템 노출', recommendation: '배포 전에 보안팀의 검토를 받습니다.' },
    DATA_LEAK: { name: '개인정보 유출', recommendation: '개인정보를 볼 수 있는 사람을 제한하고 접근을 기록합니다.' },
    PAYMENT_FRAUD: { name: '결제 부정', recommendation: '전후 합계를 대조하고 이상 환불을 살핍니다.' },
    SERVICE_CHANGE: { name: '운영 서비스 변경', recommendation: '서비스 사본에서 먼저 연습합니다.' },
    REGULATORY: { name: '법적 의무', recommendation: '규정과 계약에 어긋나지 않는지 법무팀이 확인합니다.' },
    PRIVACY_LAW: { name: '개인정보 보호법', recommendation: '수집 목적, 동의, 보관 기간을 문서로 남깁니다.' },
    BUDGET_OVERRUN: { name: '예산', recommendation: '비용 한도와 한도를 올릴 수 있는 사람을 정합니다.' },
    REVENUE_FLOW: { name: '환불과 매출', recommendation: '변경 기간에 매출을 매일 대사합니다.' },
    NO_ROLLBACK: {
      name: '되돌릴 수 없음',
      recommendation: '먼저 전체 사본을 만들고 점검이 하나라도 실패하면 멈춥니다.',
    },
    SHORT_TIMELINE: { name: '짧은 일정', recommendation: '쓸모 있는 가장 작은 부분부터 합니다.' },
    URGENT_CHANGE: { name: '긴급 변경', recommendation: '하루 동안 지켜볼 담당자를 정합니다.' },
    CUSTOMER_IMPACT: { name: '고객 영향', recommendation: '변경 전에 고객에게 알리고 답변을 준비합니다.' },
    PUBLIC_MESSAGE: { name: '대외 메시지', recommendation: '공개 전에 문구를 승인받습니다.' },
  },
  actions: { APPROVE: '승인을 권합니다', REJECT: '반려를 권합니다', DEFER: '보류를 권합니다' },
  summary: ({ subject, action, score, findings }) => `${subject}: ${action}. 위험 점수 ${score}, 지적 ${findings}건.`,
  reasoning: ({ tier, triggers, worst, owner, coReviewers }) =>
    [
      `최종 등급 ${tier}${triggers.length === 0 ? ', 해당하는 조건 없음' : `, 해당 조건: ${triggers.join(', ')}`}.`,
      worst === undefined ? '발견된 위험이 없습니다.' : `가장 큰 위험: ${worst}.`,
      `결정: ${owner}${coReviewers.length === 0 ? '' : `, 함께 검토: ${coReviewers.join(', ')}`}.`,
    ].join(' '),
  rollback: {
    possible: '결과 점검이 하나라도 실패하면 이전 상태로 되돌립니다.',
    impossible: '되돌릴 수 없으므로 점검이 하나라도 실패하면 마지막 단계 전에 멈춥니다.',
  },
  confirm: (owner) => `범위와 날짜 확인: ${owner}`,
  follow: '결과를 점검하고 제출자에게 알립니다',
  remarks: {
    supportive: [
      (speaker, subject) => `${speaker}: "${subject}"에 찬성합니다. 위험보다 얻는 것이 많습니다.`,
      (speaker, subject) => `${speaker}: "${subject}", 제 쪽은 준비되었으니 날짜를 정합시다.`,
      (speaker, subject) => `${speaker}: "${subject}", 작은 부분부터 지금 시작하면 좋겠습니다.`,
    ],
    neutral: [
      (speaker, subject) => `${speaker}: "${subject}", 판단하기 전에 수치를 보고 싶습니다.`,
      (speaker, subject) => `${speaker}: "${subject}", 양쪽 의견에 모두 일리가 있습니다.`,
      (speaker, subject) => `${speaker}: "${subject}", 다음 주에 우리 팀에 무엇이 달라집니까?`,
    ],
    concerned: [
      (speaker, subject) => `${speaker}: "${subject}", 잘못되고 있음을 어떻게 알 수 있을지 걱정입니다.`,
      (speaker, subject) => `${speaker}: "${subject}", 위험마다 담당자부터 정해야 합니다.`,
      (speaker, subject) => `${speaker}: "${subject}", 시간과 비용에 남은 질문이 있습니다.`,
    ],
    critical: [
      (speaker, subject) => `${speaker}: "${subject}", 지금 내용대로는 반대합니다.`,
      (speaker, subject) => `${speaker}: "${subject}", 되돌릴 수 있다는 근거가 없습니다.`,
      (speaker, subject) => `${speaker}: "${subject}", 지적 사항이 풀릴 때까지 기다려야 합니다.`,
    ],
  },
};
